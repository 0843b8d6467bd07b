"""A Comparison drawn as a board: the verdict, then autoencoders above classical methods, each with its numbers."""

import base64
import hashlib
import json
import math
from collections.abc import Callable

import numpy as np

from aecore.restore.inpainting import METHODS
from pages.inpaint.comparison import SEARCH, Comparison, Filled, verdict
from pages.inpaint.search import Search
from ui.component import component, nothing
from ui.glossary import explain
from ui.output.strip import pixels
from ui.theme import kind_color

_WORDS = {"waiting": "searching", "running": "searching", "cancelled": "cancelled", "failed": "failed", "done": ""}
_BOARD = component("pages/inpaint/board/board", styles=("ui/output/strip/strip",))


def show(
    found: Comparison,
    key: str,
    errors: bool,
    search: Search | None,
    reveal: int = 0,
    on_settled: Callable[[], None] | None = None,
) -> None:
    """Draw the board.

    Args: errors: show each picture's difference from the clean one; search: whose answer has its place kept
          until it comes; reveal: scroll the board into view whenever this number
          grows; on_settled: called once the pictures have not changed for half a second.
    """
    at_hand = {each.id: each for each in found.methods}
    learned, classical = [], []
    for name, method in METHODS.items():
        group = classical if method.family == "classical" else learned
        if name in at_hand:
            group.append(_tile(at_hand[name], found))
        elif name == SEARCH and search is not None:
            group.append(_empty(name, _WORDS[search.state]))
    given = {"id": "given", "label": f"{found.hole.about} missing", "pixels": pixels(found.given), "value": ""}
    given["help"] = "Whatever is under the mask, no method sees it."
    given["alt"] = f"What the methods are given: the digit with {found.hole.about} missing"
    groups = [("Autoencoders", learned), ("Classical methods", classical), ("What they are given", [given])]
    mask = found.hole.mask.reshape(-1).numpy().astype(np.uint8).tobytes()
    data = {
        "groups": [{"title": title, "tiles": tiles} for title, tiles in groups if tiles],
        "clean": pixels(found.clean.x),
        "mask": base64.b64encode(mask).decode(),
        "verdict": verdict(found),
        "errors": errors,
        "terms": {"missing": explain("PSNR missing"), "all": explain("SSIM"), "judge": explain("judge")},
        "settles": on_settled is not None,
    }
    shown = [data["clean"], data["mask"], [tile["id"] for _, tiles in groups for tile in tiles]]
    data["version"] = hashlib.blake2b(json.dumps(shown).encode(), digest_size=8).hexdigest()
    data["reveal"] = reveal
    _BOARD(key=key, data=data, on_settled_change=on_settled or nothing)


def decibel(psnr: float) -> str:
    """A PSNR as the lab writes it, without its unit."""
    return f"{psnr:.1f}" if psnr < 99 else "∞" if psnr > 0 else "–"


def _tile(each: Filled, found: Comparison) -> dict:
    method = METHODS[each.id]
    missing = "–" if math.isnan(each.missing) else decibel(each.missing)
    reads = None if each.reads is None else str(each.reads)
    best = each is found.best and bool(found.hole.mask.any())
    alt = [each.label, f"{missing} decibels on the missing pixels", f"{decibel(each.everywhere)} on all"]
    alt += [f"SSIM {each.ssim:.2f}"]
    alt += [] if reads is None else [f"the judge reads {reads}, {100 * each.sure:.0f} percent"]
    return {
        "id": each.id,
        "label": each.label,
        "pixels": pixels(each.x),
        "color": kind_color(each.family),
        "value": missing,
        "unit": "dB missing",
        "all": f"{decibel(each.everywhere)} dB all · SSIM {each.ssim:.2f}",
        "reads": reads,
        "sure": f"{100 * each.sure:.0f} %",
        "wrong": each.reads != found.clean.reads,
        "best": best,
        "help": f"{method.about} Told: {method.told}.",
        "alt": ", ".join([*alt, *(["best on the missing pixels"] if best else [])]),
    }


def _empty(name: str, word: str) -> dict:
    method = METHODS[name]
    tile = {"id": name, "label": method.label, "pixels": None, "color": kind_color(method.family), "value": word}
    return tile | {"help": f"{method.about} Told: {method.told}.", "alt": f"{method.label}: {word}"}
