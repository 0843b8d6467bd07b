"""What a visitor takes home from the Inpaint page: all answers as one labelled PNG, the numbers as CSV."""

import math

import numpy as np
import streamlit as st
from PIL import Image

from aecore.restore.compare import Comparison
from aecore.restore.inpainting import SEARCH, methods
from pages.inpaint.search import Search
from ui.output.downloads import Labelled, contact_sheet, grey
from ui.output.tables import comma_separated

_HOLE = (17, 122, 112)  # the colour of missing pixels, as in mask_pad.js


def buttons(comparison: Comparison, search: Search | None) -> None:
    """A popover with both files; each is made when it is asked for."""
    with st.popover("Download", icon=":material/download:"):
        for label, name, kind, make, about in (
            ("Pictures, PNG", "inpaint.png", "image/png", lambda: png(comparison), "Every answer with its numbers"),
            ("Numbers, CSV", "inpaint.csv", "text/csv", lambda: numbers(comparison, search), "One line a method"),
        ):
            st.download_button(
                label, make, name, kind, on_click="ignore", key=f"inpaint_{name[-3:]}", help=about, width="stretch"
            )


def png(comparison: Comparison) -> bytes:
    """The clean digit, what the methods were given, and every answer, side by side."""
    given = np.array(grey(comparison.given).convert("RGB"))
    given[comparison.mask[0, 0].numpy() > 0.5] = _HOLE
    tiles = [
        Labelled(grey(comparison.clean.x), ["Clean"]),
        Labelled(Image.fromarray(given), [f"Given: {comparison.damage}"]),
    ]
    for entry in comparison.methods:
        lines = [entry.label, f"missing {entry.missing:.1f} dB, all {entry.psnr:.1f} dB", f"SSIM {entry.ssim:.2f}"]
        if entry.reads is not None:
            lines[-1] += f", judge {entry.reads}, {100 * entry.sure:.0f}%"
        tiles.append(Labelled(grey(entry.x), lines, comparison.leads(entry)))
    return contact_sheet(tiles)


def numbers(comparison: Comparison, search: Search | None) -> str:
    """One line a method and a line for each further answer of the search."""
    header = ["method", "told", "hole", "missing_pixels", "psnr_missing_db", "psnr_all_db", "ssim", "judge_reads"]
    rows = []
    known, hole = methods(), [comparison.damage.about, int(comparison.mask.sum())]
    for entry in comparison.methods:
        reading = ["", ""] if entry.reads is None else [entry.reads, f"{entry.sure:.4f}"]
        missing = "" if math.isnan(entry.missing) else f"{entry.missing:.3f}"
        row = [entry.id, known[entry.id].told, *hole, missing, f"{entry.psnr:.3f}", f"{entry.ssim:.4f}"]
        rows.append([*row, *reading, "", ""])
    for answer in search.answers if search else []:
        reads = "" if answer.reads is None else answer.reads
        row = [f"{SEARCH} answer", known[SEARCH].told, *hole, "", "", "", reads, ""]
        rows.append([*row, f"{answer.energy:.2f}", answer.starts])
    return comma_separated([*header, "judge_probability", "energy_nats", "starts"], rows)
