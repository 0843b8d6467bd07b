"""What a visitor takes home from the Inpaint page: all answers as one labelled PNG, the numbers as CSV."""

import csv
import io
import math

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from aecore.restore.inpainting import METHODS
from pages.inpaint.comparison import Comparison
from pages.inpaint.search import Search

_TILE, _GAP, _LINE = 168, 20, 22
_HOLE = (17, 122, 112)  # the colour of missing pixels, as in inpaint_mask.js


def buttons(found: Comparison, search: Search | None) -> None:
    """A popover with both files; each is made when it is asked for."""
    with st.popover("Download", icon=":material/download:"):
        for label, name, kind, make, about in (
            ("Pictures, PNG", "inpaint.png", "image/png", lambda: png(found), "Every answer with its numbers"),
            ("Numbers, CSV", "inpaint.csv", "text/csv", lambda: numbers(found, search), "One line a method"),
        ):
            st.download_button(
                label, make, name, kind, on_click="ignore", key=f"inpaint_{name[-3:]}", help=about, width="stretch"
            )


def png(found: Comparison) -> bytes:
    """The clean digit, what the methods were given, and every answer, side by side."""
    clean = Image.fromarray(_bytes(found.clean.x)).convert("RGB")
    given = np.repeat(_bytes(found.given)[..., None], 3, 2)
    given[found.hole.mask[0, 0].numpy() > 0.5] = _HOLE
    tiles = [("Clean", clean, [], False), (f"Given: {found.hole.about} missing", Image.fromarray(given), [], False)]
    for each in found.methods:
        lines = [f"missing {each.missing:.1f} dB, all {each.everywhere:.1f} dB", f"SSIM {each.ssim:.2f}"]
        if each.reads is not None:
            lines[1] += f", judge {each.reads}, {100 * each.sure:.0f} %"
        tiles.append((each.label, Image.fromarray(_bytes(each.x)).convert("RGB"), lines, each is found.best))
    sheet = Image.new("RGB", (_GAP + len(tiles) * (_TILE + _GAP), _TILE + 2 * _GAP + 3 * _LINE), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for place, (label, picture, lines, best) in enumerate(tiles):
        left = _GAP + place * (_TILE + _GAP)
        sheet.paste(picture.resize((_TILE, _TILE), Image.Resampling.NEAREST), (left, _GAP))
        if best:
            pen.rectangle((left - 3, _GAP - 3, left + _TILE + 2, _GAP + _TILE + 2), outline="#079464", width=3)
        for row, line in enumerate([label, *lines]):
            pen.text((left, _GAP + _TILE + 8 + row * _LINE), line, "#1b2124", font)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def numbers(found: Comparison, search: Search | None) -> str:
    """One line a method and a line for each further answer of the search."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    header = ["method", "told", "hole", "missing_pixels", "psnr_missing_db", "psnr_all_db", "ssim", "judge_reads"]
    writer.writerow([*header, "judge_probability", "energy_nats", "starts"])
    missing = int(found.hole.mask.sum())
    for each in found.methods:
        reading = ["", ""] if each.reads is None else [each.reads, f"{each.sure:.4f}"]
        psnr = "" if math.isnan(each.missing) else f"{each.missing:.3f}"
        row = [each.id, METHODS[each.id].told, found.hole.about, missing, psnr, f"{each.everywhere:.3f}"]
        writer.writerow([*row, f"{each.ssim:.4f}", *reading, "", ""])
    for answer in search.answers if search else []:
        reads = "" if answer.reads is None else answer.reads
        row = ["vae-search answer", "the mask", found.hole.about, missing, "", "", "", reads, ""]
        writer.writerow([*row, f"{answer.energy:.2f}", answer.starts])
    return table.getvalue()


def _bytes(x) -> np.ndarray:
    return (x[0, 0].numpy() * 255 + 0.5).astype(np.uint8)
