"""The Galaxies page's stage: two galaxies, and the walk between them. The browser decodes and names it (stage.js)."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from aecore.data.galaxies import CLASSES, TITLES, Galaxy, galaxies
from aecore.galaxies import table
from aecore.galaxies.packed import packed
from aecore.galaxies.table import NETWORK, PICTURES, SORTER
from pages.galaxies.state import state
from ui import url
from ui.component import component
from ui.live import networks
from ui.server import files
from ui.theme import CLASS_COLORS

KEY = "galaxies_stage_view"
A, B, T, WAY = "galaxies_a", "galaxies_b", "galaxies_t", "galaxies_way"  # in the URL
WAYS = ("code", "fade")
COLORS = dict(zip(CLASSES, (CLASS_COLORS[place] for place in (0, 1, 4, 3)), strict=True))
FIRST = ("sdss-dr7-587730023325302958", "sdss-dr7-588023240743780567")
OWN = -1  # in place of a galaxy's number: the visitor's picture

_STAGE = component("pages/galaxies/stage/stage")


@dataclass(frozen=True)
class Settings:
    """What the visitor's hand sets. a, b: numbers of galaxies, training galaxies first, a also OWN; t: share of the
    way; way: of WAYS."""

    a: int
    b: int
    t: float = 0.5
    way: str = WAYS[0]


@dataclass(frozen=True)
class Walk:
    """What the stage shows."""

    settings: Settings
    a: dict
    b: dict


@functools.cache
def every() -> tuple[Galaxy, ...]:
    """All galaxies, training galaxies first. Raises: DataError."""
    return (*galaxies("train"), *galaxies("test"))


@functools.cache
def numbers() -> dict[str, int]:
    """Of galaxies, by name."""
    return {galaxy.name: number for number, galaxy in enumerate(every())}


def is_test(number: int) -> bool:
    """Whether no network has learnt from it."""
    return number >= len(galaxies("train"))


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the stage shows them."""
    if url.read(A, B, T, WAY):
        state().fresh += 1


def settings_now() -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    a, b, t, way = url.get(A, B, T, WAY)
    return checked(_number(a), _number(b), _number(t), way)


def checked(a: object, b: object, t: object, way: object) -> Settings:
    """Settings from whoever says them, t in percent: the default for each that makes no sense."""
    first, last = (numbers()[name] for name in FIRST)
    return Settings(
        a if type(a) is int and (0 <= a < PICTURES or (a == OWN and state().own)) else first,
        b if type(b) is int and 0 <= b < PICTURES else last,
        t / 100 if type(t) is int and 0 <= t <= 100 else 0.5,
        way if way in WAYS else WAYS[0],
    )


def put(settings: Settings) -> None:
    """Keep settings, and show them in the URL; a picture of one's own stays out of it."""
    a = None if settings.a == OWN else str(settings.a)
    state().uses_own = settings.a == OWN
    url.put({A: a, B: str(settings.b), T: str(round(100 * settings.t)), WAY: settings.way})


def set_by_page(settings: Settings) -> None:
    """Set the stage, in a callback."""
    put(settings)
    state().fresh += 1


def walk(settings: Settings) -> Walk:
    """The two ends. Raises: DataError: pictures or codes are missing or damaged."""
    a = state().own.end if state().uses_own and state().own else end(settings.a)
    return Walk(settings, a, end(settings.b))


def end(number: int) -> dict:
    """A galaxy as the browser wants it. Raises: DataError."""
    galaxy = every()[number]
    return {
        "id": number,
        "kind": CLASSES.index(galaxy.kind),
        "test": is_test(number),
        "code": floats(table.load_sky()["codes"][number]),
        "webp": base64.b64encode(galaxy.webp).decode(),
    }


def show(shown: Walk, on_settings: Callable[[], None]) -> None:
    """The walk. on_settings: called once the hand has set something."""

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("settings")
        if isinstance(said, dict):
            t = said.get("t")
            percent = round(100 * t) if isinstance(t, int | float) and 0 <= t <= 1 else None
            put(checked(said.get("a"), said.get("b"), percent, said.get("way")))
            on_settings()

    data = {
        "ends": [shown.a, shown.b],
        "t": shown.settings.t,
        "way": shown.settings.way,
        "kinds": kinds(),
        "fresh": state().fresh,
        "networks": names_of_networks(),
        "sky": sky_address(),
    }
    _STAGE(key=KEY, data=data, height="content", on_settings_change=set_by_hand)


def kinds() -> list[dict[str, str]]:
    """Title and colour of each class, in the classifier's order."""
    return [{"title": TITLES[name], "color": COLORS[name]} for name in CLASSES]


def names_of_networks() -> dict[str, str]:
    """What the browser knows the two networks by. Raises: CheckpointError."""
    return {key: networks.reference(name)["sha256"] for key, name in (("decoder", NETWORK), ("classifier", SORTER))}


def sky_address() -> str:
    """Where the browser gets all galaxies. Raises: DataError."""
    return files.address(files.GALAXIES, _sha256(packed()))


def floats(x: Tensor) -> str:
    """Numbers for the browser, in single precision."""
    return base64.b64encode(x.numpy().astype("<f4").tobytes()).decode()


@functools.lru_cache(maxsize=1)
def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 4 else None
