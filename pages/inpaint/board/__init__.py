"""A Comparison drawn as a board: the verdict, then autoencoders above classical methods, each with its numbers."""

import base64
from collections.abc import Callable

import numpy as np

from aecore.restore.compare import Comparison, Entry
from aecore.restore.inpainting import METHODS, SEARCH, Method, methods
from pages.inpaint.mask_pad import KEY, Look
from pages.inpaint.search import Search
from ui.component import component, nothing, version
from ui.glossary import explain
from ui.output import verdict
from ui.output.picture import picture
from ui.output.strip import decibel
from ui.theme import kind_color

FIRST = ("dae-pasted", SEARCH, "inpainter")  # on the board in any case
_WORDS = {"waiting": "searching", "running": "searching", "cancelled": "cancelled", "failed": "failed", "done": ""}
_SKELETON = '<div class="strip"><div class="board"></div></div>'
_BOARD = component("pages/inpaint/board/board", html=_SKELETON, styles=("ui/output/strip/strip",))


def show(
    comparison: Comparison,
    key: str,
    look: Look,
    search: Search | None,
    reveal: int = 0,
    on_settled: Callable[[], None] | None = None,
) -> None:
    """Draw the board.

    Args: look: what is shown; search: whose answer has its place kept
          until it comes; reveal: scroll the board into view whenever this number
          grows; on_settled: called once the pictures have not changed for half a second.
    """
    learned, classical = [], []
    known = methods()
    for name in _shown(comparison, look):
        method = known[name]
        group, entry = classical if method.kind == "classical" else learned, comparison.method(name)
        if entry is not None:
            group.append(_tile(entry, method, comparison))
        elif name == SEARCH and search is not None:
            group.append(_empty(method, _WORDS[search.state]))
    given = {"id": "given", "label": str(comparison.damage), "picture": picture(comparison.given), "value": ""}
    given["help"] = "Whatever is under the mask, no method sees it."
    given["alt"] = f"What the methods are given: the digit with {comparison.damage}"
    groups = [("Networks", learned), ("Smooth fills", classical), ("What they are given", [given])]
    mask = comparison.mask.reshape(-1).numpy().astype(np.uint8).tobytes()
    data = {
        "groups": [{"title": title, "tiles": tiles} for title, tiles in groups if tiles],
        "clean": picture(comparison.clean.x),
        "mask": base64.b64encode(mask).decode(),
        "verdict": verdict.inpainting(comparison),
        "errors": look.errors,
        "brief": not look.all_numbers,
        "echo": _echo(comparison),
        "sheet": KEY,
        "terms": {"value": explain("PSNR missing"), "all": explain("SSIM"), "judge": explain("judge")},
        "settles": on_settled is not None,
    }
    shown = [data["clean"], data["mask"], [tile["id"] for _, tiles in groups for tile in tiles]]
    data["version"] = version(shown)
    data["reveal"] = reveal
    _BOARD(key=key, data=data, on_settled_change=on_settled or nothing)


def _shown(comparison: Comparison, look: Look) -> list[str]:
    """Names of the methods on the board: all, or those that tell most, the best among them."""
    names = list(methods())
    if look.every:
        return names
    best = {entry.id for entry in map(comparison.best_of, (True, False)) if entry is not None}
    return [name for name in names if name not in METHODS or name in {*FIRST, *best}]


def _echo(comparison: Comparison) -> list[str]:
    """Which tiles a phone shows above the pad, too: the best network's and the best smooth fill's."""
    return [entry.id for entry in (comparison.best_of(False), comparison.best_of(True)) if entry is not None]


def _tile(entry: Entry, method: Method, comparison: Comparison) -> dict:
    missing = decibel(entry.missing)
    reads = None if entry.reads is None else str(entry.reads)
    best = comparison.leads(entry)
    alt = [entry.label, f"{missing} decibels on the missing pixels", f"{decibel(entry.psnr)} on all"]
    alt += [f"SSIM {entry.ssim:.2f}"]
    alt += [] if reads is None else [f"the judge reads {reads}, {100 * entry.sure:.0f} percent"]
    return {
        "id": entry.id,
        "label": entry.label,
        "picture": picture(entry.x),
        "color": kind_color(entry.kind),
        "value": missing,
        "unit": "dB",
        "all": f"{decibel(entry.psnr)} dB all · SSIM {entry.ssim:.2f}",
        "reads": reads,
        "sure": f"{100 * entry.sure:.0f}%",
        "wrong": comparison.misread(entry),
        "best": best,
        "help": f"{method.about} Told: {method.told}.",
        "alt": ", ".join([*alt, *(["best on the missing pixels"] if best else [])]),
    }


def _empty(method: Method, word: str) -> dict:
    tile = {"id": method.name, "label": method.label, "picture": None, "color": kind_color(method.kind), "value": word}
    return tile | {"help": f"{method.about} Told: {method.told}.", "alt": f"{method.label}: {word}"}
