"""The loss with live numbers: one point's way through it, and the parts of the last batch's loss, from the browser."""

from ui.component import component

_NUMBERS = component("pages/vector_field/numbers/numbers", html='<div class="numbers" role="group"></div>')


def show() -> None:
    """Mount it; it listens to the board."""
    _NUMBERS(key="field_numbers", data={}, height="content")
