"""The board: one or two networks that train in the visitor's browser. Nothing comes back from it."""

from dataclasses import asdict

from aecore.learning import digits
from aecore.learning.objectives import LossRecipe
from pages.training import controls, yours
from ui.component import component
from ui.server import files
from ui.theme import CLASS_COLORS

KEY = "training_board"
_BOARD = component("pages/training/board/board")


def show(recipe: LossRecipe, beside: str) -> None:
    """Mount it. beside: loss of a second run, or "" for none. Raises: DataError: the digits are missing."""
    address = files.address(files.LEARNING, digits.sha256())
    data = {
        "recipe": asdict(recipe),
        "beside": beside,
        "titles": controls.TITLES,
        "taker": yours.KEY,
        "digits": {"address": address, "training": digits.TRAINING, "test": digits.TEST},
        "colors": CLASS_COLORS,
    }
    _BOARD(key=KEY, data=data, height="content")
