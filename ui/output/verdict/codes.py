"""What became of a digit behind a code."""

from collections.abc import Mapping

from ui.output.verdict.words import a_digit

SURE = 0.8  # the judge's probability, from which a sentence takes its reading for granted
_FEW = {2: "two", 8: "eight"}


def code(truth: int | None, read: int | None, size: int, own: bool, sure: float) -> str:
    """What became of a digit behind a code of so many numbers, as the judge reads it; "" where nobody reads.

    sure: the judge's probability of what it reads; below SURE the sentence says so.
    """
    if truth is None or read is None:
        return ""
    few = f"{_FEW.get(size, size)} numbers are too few"
    if sure < SURE:
        return f"Barely legible, perhaps {a_digit(read)}: {few}."
    if read == truth:
        return f"Still {a_digit(truth)}."
    return f"{'Your' if own else 'The'} {truth} became {a_digit(read)}: {few}."


def shaken(moves: Mapping[str, Mapping[str, tuple[float, float]]], small: str, large: str) -> str:
    """Whether noise moves a denoiser's picture and a contractive code least, as the textbook has it.

    Args: moves: "noise", "contractive", "control" and, where it was measured, "sparse" -> name of a noise -> how far it
          moves code and picture, as shares of the way to another digit; small, large: names of the two noises.
    """
    claims = []
    for own, rivals, size, part, text in (
        ("noise", ("contractive", "control"), large, 1, "the denoiser's picture moves least with half of it gone"),
        ("contractive", ("noise", "control"), small, 0, "the contractive code moves least under the little noise"),
    ):
        told = {name: _percent(moves[name][size][part]) for name in (own, *rivals)}
        least = all(_number(told[own]) < _number(told[name]) for name in rivals)
        holds = "this is true" if least else "this is **not** true"
        claims.append(f"{holds}: {text} ({told[own]}; {', '.join(f'{name} {told[name]}' for name in rivals)})")
    said = f"Over 1,000 test digits {'; '.join(claims)}."
    if "sparse" in moves:
        sparse, contractive = (_percent(moves[name][small][0]) for name in ("sparse", "contractive"))
        if _number(sparse) < _number(contractive):
            said += f" Not in the textbook: the sparse code moves even less, {sparse}."
    return said


def _percent(share: float) -> str:
    return f"{100 * share:.{1 if share < 0.1 else 0}f}%"


def _number(told: str) -> float:
    """A share as it stands on the screen: only that is compared."""
    return float(told.removesuffix("%"))
