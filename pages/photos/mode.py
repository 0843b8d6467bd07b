"""Which half of the Photos page is shown: any picture, or a page of digits."""

from ui.input.choice import choice

MODE = "photos_mode"
MODES = ("Any picture", "A page of digits")


def mode() -> str:
    """One of MODES, from the URL."""
    return choice(
        "What to restore", MODES, default=MODES[0], key=MODE,
        label_visibility="collapsed",
    )  # fmt: skip
