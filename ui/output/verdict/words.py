"""Pieces of sentences."""

from collections.abc import Sequence


def a_digit(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def upper(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]


def the(title: str) -> str:
    """A method's title within a sentence: "the denoiser", "the VAE"."""
    short = title.split()[0].isupper()
    return f"the {title if short else title[:1].lower() + title[1:]}"


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
