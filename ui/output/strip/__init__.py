"""The strip: clean, corrupted, then each method, as tiles with their numbers. One component, one message.

strip(message([Group("", [Tile("clean", "Your digit", x), Tile("corrupted", "Corrupted", x_noisy)])]), key="a_strip")
"""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from aecore.corruptions import Realization
from aecore.restore.compare import on_tile
from ui.component import component, version
from ui.glossary import explain
from ui.output.picture import picture

_FIXED = 8192  # 1 in the 16-bit numbers that the browser gets
_STRIP = component("ui/output/strip/strip", html='<div class="strip"><div class="strip-body"></div></div>')


@dataclass(frozen=True)
class Tile:
    """One picture of a strip with its caption.

    id: unique in the strip; "clean" is what error maps compare with; label: name under the tile; x: a picture
    (C, H, W), C 1 or 3, or a trace (1, L), of values from low to high; color: dot before the name; psnr (dB), ssim:
    numbers under it, or None; reads, sure: the judge's digit and its probability; wrong: the judge reads another digit
    than in the clean picture; best: carries the badge; help: shown on hovering.
    """

    id: str
    label: str
    x: Tensor
    color: str = ""
    psnr: float | None = None
    ssim: float | None = None
    reads: int | None = None
    sure: float = 0.0
    wrong: bool = False
    best: bool = False
    help: str = ""
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Group:
    """Tiles that belong together, under a small title; the first group of a strip is joined by arrows."""

    title: str
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Live:
    """What the browser shows by itself while a hand draws, until the answer to the whole stroke has come.

    pad: key of the drawing pad; seq: of the drawing that the strip shows now; name: what to call the drawing;
    draw: the damage done to it;
    corrupted: id of the tile that shows the damage; networks: id of a tile -> (sha256 of its network's checkpoint,
    id of the tile that goes in); paste: known pixels are put back; answers: the address that has the whole strip's
    `message` for the strokes of a drawing, or "".
    """

    pad: str
    seq: int
    name: str
    draw: Realization
    corrupted: str
    networks: Mapping[str, tuple[str, str]]
    paste: bool = False
    answers: str = ""


def strip(
    shown: dict,
    key: str,
    roomy: bool = False,
    small: bool = False,
    brief: bool = False,
    reveal: int = 0,
    live: Live | None = None,
) -> str:
    """Show pictures.

    Args: shown: what to show, a `message`; roomy: larger tiles where there is room; small: a row in second place;
          brief: of the numbers, PSNR and the judge's digit alone;
          reveal: scroll the strip into view whenever this number grows;
          live: what follows a drawing pad in the browser.
    Returns: the version of what it shows, for what is below it: see `ui.output.below`.
    """
    data = shown | {"roomy": roomy, "small": small, "brief": brief, "reveal": reveal}
    data["version"] = version(data)
    data["live"] = None if live is None else _live(live)
    _STRIP(key=key, data=data)
    return data["version"]


def message(
    groups: Sequence[Group],
    verdict: tuple[str, str] | None = None,
    errors: bool = False,
    echo: Sequence[str] = (),
) -> dict:
    """What the browser is told of a strip's tiles, as JSON can say it.

    Args: groups: the first holds the clean tile; verdict: a headline and a sentence beside the first group;
          errors: show each picture's difference from the clean one; echo: ids of the tiles that a phone shows beside
          the pad, too.
    """
    return {
        "groups": [{"title": group.title, "tiles": [_message(tile) for tile in group.tiles]} for group in groups],
        "verdict": verdict,
        "mode": "errors" if errors else "pixels",
        "echo": list(echo),
        "terms": {"value": explain("PSNR"), "ssim": explain("SSIM"), "judge": explain("judge")},
    }


def decibel(psnr: float) -> str:
    """A PSNR as people read it: one decimal; a perfect copy has no finite one, and of nothing there is none."""
    return "–" if math.isnan(psnr) else "∞" if math.isinf(on_tile(psnr)) else f"{on_tile(psnr):.1f}"


def _message(tile: Tile) -> dict:
    numbers = [] if tile.psnr is None else [f"PSNR {decibel(tile.psnr)} dB", f"SSIM {tile.ssim:.2f}"]
    judged = [] if tile.reads is None else [f"the judge reads {tile.reads}, {100 * tile.sure:.0f}% sure"]
    return {
        "id": tile.id,
        "label": tile.label,
        "picture": picture(tile.x, tile.low, tile.high),
        "color": tile.color,
        "value": "" if tile.psnr is None else decibel(tile.psnr),
        "unit": "" if tile.psnr is None else "dB",
        "ssim": "" if tile.ssim is None else f"SSIM {tile.ssim:.2f}",
        "reads": "" if tile.reads is None else str(tile.reads),
        "sure": f"{100 * tile.sure:.0f}%",
        "wrong": tile.wrong,
        "best": tile.best,
        "help": tile.help,
        "alt": ", ".join([tile.label, *numbers, *judged, *(["best of the row"] if tile.best else [])]),
    }


def _live(live: Live) -> dict:
    draw = live.draw
    return {
        "pad": live.pad,
        "seq": live.seq,
        "name": live.name,
        "corrupted": live.corrupted,
        "damage": {
            **{name: _fixed(getattr(draw, name)) for name in ("gain", "offset", "down", "across")},
            "removes": draw.removed is not None,
        },
        "paste": live.paste,
        "answers": live.answers,
        "networks": live.networks,
    }


def _fixed(values: Tensor | None) -> str | None:
    """28 x 28 values as 16-bit fixed-point numbers, base64."""
    if values is None:
        return None
    whole = (values.expand(*values.shape[:-2], 28, 28).reshape(-1) * _FIXED).round().clamp(-32768, 32767)
    return base64.b64encode(whole.numpy().astype("<i2").tobytes()).decode()
