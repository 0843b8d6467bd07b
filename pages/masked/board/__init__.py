"""A picture cut into patches, some of them hidden, and what the network guesses there.

The browser hides and guesses by itself (board.js), at every click. Python says what is hidden at first and keeps it in
the address; without the network in the browser, it shows Python's guess.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.masking import patches
from aecore.masking.guess import Guess, fill, name_for
from pages.masked.state import state
from ui import url
from ui.component import component
from ui.input.digit import PAD, Chosen
from ui.live import networks
from ui.output.picture import pixels

JUDGE = "judge"
GRIDS = {"digit": (7, 7), "photo": (8, 8)}
FIRST = {"digit": "f6f77afbbe3b8", "photo": "f6f77afbbe3bf55f"}  # hidden patches as the page opens, three of four
SEEDS = 1000  # orders in which patches disappear
OTHERS = 6  # further masks of the same picture

_BOARD = component("pages/masked/board/board")


@dataclass(frozen=True)
class Settings:
    """What the visitor's hand sets. hidden: places of patches, in order; way: of patches.WAYS, in which the slider
    hides; seed: of its order."""

    hidden: tuple[int, ...]
    way: str = "random"
    seed: int = 0


@dataclass(frozen=True)
class Shown:
    """A picture on its board. x: (1, C, H, W); guess: of the network."""

    x: Tensor
    settings: Settings
    guess: Guess


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the boards show them."""
    if url.read(*(key for board in GRIDS for key in _keys(board))):
        state().fresh += 1


def settings_now(board: str = "digit") -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    hidden, way, seed = url.get(*_keys(board))
    return Settings(unpacked(hidden, board), way if way in patches.WAYS else "random", checked_seed(_number(seed)))


def checked(said: object, board: str) -> Settings:
    """Settings from whoever says them: what stands for each that makes no sense."""
    said = said if isinstance(said, dict) else {}
    hidden, way, seed = said.get("hidden"), said.get("way"), said.get("seed")
    count = _count(board)
    sound = isinstance(hidden, list) and all(type(place) is int and 0 <= place < count for place in hidden)
    places = tuple(sorted(set(hidden))) if sound else unpacked(None, board)
    return Settings(places, way if way in list(patches.WAYS) else "random", checked_seed(seed))


def checked_seed(seed: object) -> int:
    """A seed that the page offers."""
    return seed if type(seed) is int and 0 <= seed < SEEDS else 0


def put(settings: Settings, board: str = "digit") -> None:
    """Keep settings, and show them in the URL."""
    values = (packed(settings.hidden, board), settings.way, str(settings.seed))
    url.put(dict(zip(_keys(board), values, strict=True)))


def set_by_page(settings: Settings, board: str = "digit") -> None:
    """Set a board, in a callback."""
    put(settings, board)
    state().fresh += 1


def drawn(way: str, share: float, board: str = "digit") -> Settings:
    """Settings with a share of the patches hidden in one way."""
    hidden = patches.WAYS[way](1, GRIDS[board], share, torch.Generator().manual_seed(0))[0]
    return Settings(tuple(hidden.nonzero()[:, 0].tolist()), way)


def packed(hidden: tuple[int, ...], board: str) -> str:
    """Places as hexadecimal digits, one bit a patch, the first patch the highest."""
    count = _count(board)
    digits = -(-count // 4)
    return f"{sum(1 << (4 * digits - 1 - place) for place in hidden):0{digits}x}"


def unpacked(text: str | None, board: str) -> tuple[int, ...]:
    """The way back; how the page opens for what is no such text."""
    count = _count(board)
    digits = -(-count // 4)
    if text is None or len(text) != digits or not set(text) <= set("0123456789abcdef"):
        text = FIRST[board]
    bits = f"{int(text, 16):0{4 * digits}b}"
    return tuple(place for place in range(count) if bits[place] == "1")


def guessed(engine: Engine, x: Tensor, settings: Settings, board: str = "digit") -> Shown:
    """Hide and guess. Raises: CheckpointError."""
    hidden = torch.zeros(1, _count(board))
    hidden[0, list(settings.hidden)] = 1
    return Shown(x, settings, fill(x, hidden, engine))


def show(
    engine: Engine,
    shown: Shown,
    board: str,
    digit: Chosen | None,
    on_settings: Callable[[], None],
    verdict: str = "",
) -> None:
    """The board.

    Args: board: "digit" or "photo"; digit: where the picture comes from, None where it is no digit; on_settings: called
          once the hand has set something; verdict: a sentence above it.
    """
    key = f"masked_{board}_view"

    def set_by_hand() -> None:
        said = st.session_state[key].get("settings")
        if isinstance(said, dict):
            put(checked(said, board), board)
            on_settings()

    name = name_for(shown.x)
    live = {one: networks.reference(one)["sha256"] for one in networks.runnable([name, JUDGE])}
    data = {
        "x": pixels(shown.x),
        "recon": pixels(shown.guess.recon),
        "shape": list(shown.x.shape[1:]),
        "grid": list(GRIDS[board]),
        "hidden": list(shown.settings.hidden),
        "way": shown.settings.way,
        "seed": shown.settings.seed,
        "ways": list(patches.WAYS),
        "seeds": SEEDS,
        "others": OTHERS,
        "verdict": verdict,
        "look": f"{_prefix(board)}_look",  # in a shared link
        "fresh": state().fresh,
        "network": live.get(name, ""),
        "judge": live.get(JUDGE, "") if digit is not None else "",
        "pad": PAD if digit is not None and digit.seq is not None else "",
        "seq": (digit.seq or 0) if digit is not None else 0,
    }
    _BOARD(key=key, data=data, height="content", on_settings_change=set_by_hand)


def _keys(board: str) -> tuple[str, str, str]:
    prefix = _prefix(board)
    return f"{prefix}_hidden", f"{prefix}_way", f"{prefix}_seed"


def _prefix(board: str) -> str:
    return "masked" if board == "digit" else "masked_photo"


def _count(board: str) -> int:
    rows, columns = GRIDS[board]
    return rows * columns


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 5 else None
