"""The Compress page's stage: a picture, the bytes that a network makes of it, and what is drawn from these bytes.

The browser codes by itself, also while a hand draws (rate.js, coder.js). Python says what it shows at first, and finds
files of other kinds that are as good.
"""

import contextlib
import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from aecore import metrics
from aecore.compression import coder, codes, container, formats, rates
from aecore.compression.codes import LEVELS, NETWORKS, PCA, PLAIN, STEPS, VAE, WIDE, Code
from aecore.engine import Engine
from aecore.errors import AecoreError
from pages.compress.state import state
from ui import url
from ui.component import component
from ui.input.digit import PAD, Chosen
from ui.live import networks
from ui.output.picture import pixels
from ui.server import files

LEVEL, NETWORK = "compress_level", "compress_code"  # in the URL
FIRST_LEVEL = container.LEVEL
NAMES = {PLAIN: "32 numbers", WIDE: "128 numbers", VAE: "VAE, 32"}
RAW = 784  # bytes of a picture

_STAGE = component("pages/compress/rate/rate")


@dataclass(frozen=True)
class Settings:
    """What the visitor's hand sets. level: of STEPS; network: of NETWORKS."""

    level: int = FIRST_LEVEL
    network: str = PLAIN


@dataclass(frozen=True)
class Rival:
    """The smallest file of another kind that is as good: its bytes, how many of them an empty file has, and what it
    shows; psnr in dB, rates.MOST for a perfect copy. less: even its best is not as good."""

    name: str
    size: int
    head: int
    psnr: float
    recon: Tensor
    less: bool = False


@dataclass(frozen=True)
class Result:
    """A picture coded. x, recon: (1, 1, 28, 28); z: (D,), before rounding; symbols: (D,); data: the range coder's
    bytes; ideal: bits by Shannon; rivals: as good ones."""

    x: Tensor
    settings: Settings
    z: Tensor
    symbols: list[int]
    data: bytes
    ideal: float
    recon: Tensor
    psnr: float
    rivals: list[Rival]

    @property
    def file(self) -> bytes:
        """The picture as a file that can be opened again. Raises: CheckpointError, DataError."""
        from ui import serving

        code = codes.load(serving.engine(), self.settings.network)
        return container.pack(code, torch.tensor([self.symbols]).numpy(), self.settings.level)


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the stage shows them."""
    if url.read(LEVEL, NETWORK):
        state().fresh += 1


def settings_now() -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    level, network = url.get(LEVEL, NETWORK)
    return checked(int(level) if level and level.isdecimal() and level.isascii() and len(level) < 4 else None, network)


def checked(level: object, network: object) -> Settings:
    """Settings from whoever says them: the default for each that makes no sense."""
    return Settings(
        level if type(level) is int and 0 <= level < LEVELS else FIRST_LEVEL,
        network if isinstance(network, str) and network in NETWORKS else PLAIN,
    )


def put(settings: Settings) -> None:
    """Keep settings, and show them in the URL."""
    url.put({LEVEL: str(settings.level), NETWORK: settings.network})


def set_by_page(settings: Settings) -> None:
    """Set the stage, in a callback."""
    put(settings)
    state().fresh += 1


def code_it(engine: Engine, x: Tensor, settings: Settings) -> Result:
    """Code a picture, (1, 1, 28, 28), and find as good files of other kinds. Raises: CheckpointError, DataError."""
    code = codes.load(engine, settings.network)
    z = code.encode(x)
    symbols = codes.rounded(z, code.scale, settings.level)
    tables = code.tables[settings.level]
    data = coder.encode(symbols[0].tolist(), tables)
    recon = code.pictures([coder.decode(data, tables)], settings.level)
    psnr = quality(x, recon)
    ideal = float(coder.ideal_bits(symbols, tables)[0])
    return Result(x, settings, z[0], symbols[0].tolist(), data, ideal, recon, psnr, rivals(engine, x, psnr))


def rivals(engine: Engine, x: Tensor, psnr: float) -> list[Rival]:
    """The smallest file of each other kind whose PSNR is at least this; PCA's only if its tables are here."""
    made = []
    with contextlib.suppress(AecoreError):
        made.append(_by_code("PCA", codes.load(engine, PCA), x, psnr))
    for form in (formats.WEBP, formats.JPEG, formats.PNG):
        made.append(_by_format(form, x, psnr))
    return made


def quality(x: Tensor, recon: Tensor) -> float:
    """PSNR in dB of one picture, rates.MOST for a perfect copy."""
    return min(float(metrics.psnr(x, recon.clamp(0, 1))[0]), rates.MOST)


def _by_code(name: str, code: Code, x: Tensor, psnr: float) -> Rival:
    z = code.encode(x)
    for level in range(LEVELS):
        symbols = codes.rounded(z, code.scale, level)
        recon = code.pictures(symbols, level)
        reached = quality(x, recon)
        if reached >= psnr or level == LEVELS - 1:
            size = len(coder.encode(symbols[0].tolist(), code.tables[level]))
            return Rival(name, size, 0, reached, recon, reached < psnr)
    raise AssertionError("levels end")


def _by_format(form: str, x: Tensor, psnr: float) -> Rival:
    for quality_ in formats.QUALITIES[form]:
        data = formats.write(x[0], form, quality_)
        recon = formats.read(data)[None]
        reached = quality(x, recon)
        if reached >= psnr:
            break
    head = formats.empty(form, quality_)
    return Rival(formats.NAMES[form], len(data), head, reached, recon, reached < psnr)


def show(result: Result, digit: Chosen | None, usual: float | None, on_settings: Callable[[], None]) -> None:
    """The picture, its bytes, what is drawn from them, and the rivals.

    Args: digit: what the pad or the files gave, None if the picture is no digit of the visitor's; usual: mean PSNR of
          test digits by the same settings; on_settings: called once the hand has set something.
    """
    key = "compress_stage_view"

    def set_by_hand() -> None:
        said = st.session_state[key].get("settings")
        if isinstance(said, dict):
            put(checked(said.get("level"), said.get("network")))
            on_settings()

    settings = result.settings
    live = set(networks.runnable(NETWORKS))
    choices = {
        name: {
            "label": label,
            "network": networks.reference(name)["sha256"] if name in live else "",
            "tables": _address(name),
        }
        for name, label in NAMES.items()
    }
    data = {
        "x": pixels(result.x),
        "recon": pixels(result.recon),
        "bytes": result.data.hex(),
        "psnr": round(result.psnr, 2),
        "rivals": [
            vars(rival) | {"recon": pixels(rival.recon), "psnr": round(rival.psnr, 1)} for rival in result.rivals
        ],
        "level": settings.level,
        "network": settings.network,
        "choices": choices,
        "steps": list(STEPS),
        "usual": None if usual is None else round(usual, 1),
        "fresh": state().fresh,
        "pad": PAD if digit is not None and digit.seq is not None else "",
        "seq": (digit.seq or 0) if digit is not None else 0,
    }
    _STAGE(key=key, data=data, height="content", on_settings_change=set_by_hand)


def _address(name: str) -> str:
    """Where the browser gets the tables of a network; empty where there are none."""
    place = codes.path(name)
    if not place.exists():
        return ""
    return files.address(f"{name}{files.TABLES}", _sha256(name, place.stat().st_mtime_ns))


@functools.lru_cache(maxsize=len(NETWORKS))
def _sha256(name: str, changed: int) -> str:
    return hashlib.sha256(codes.path(name).read_bytes()).hexdigest()
