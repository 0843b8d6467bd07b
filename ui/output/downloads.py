"""What a visitor takes home: the pictures of a comparison as one labelled PNG, its numbers as CSV."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from aecore.restore.compare import Comparison
from ui.output.tables import comma_separated

_TILE, _GAP, _LINE = 168, 20, 22


@dataclass(frozen=True)
class Labelled:
    """A picture of a contact sheet, the lines under it, and whether it is framed as the best."""

    picture: Image.Image
    lines: Sequence[str]
    best: bool = False


def contact_sheet(tiles: Sequence[Labelled]) -> bytes:
    """Pictures side by side, each with its lines of text, as a PNG; a line that is too long is folded."""
    font = ImageFont.load_default(14)
    texts = [[part for line in tile.lines for part in _folded(line, font)] for tile in tiles]
    height = _TILE + 2 * _GAP + max(map(len, texts), default=0) * _LINE
    sheet = Image.new("RGB", (_GAP + len(tiles) * (_TILE + _GAP), height), "white")
    pen = ImageDraw.Draw(sheet)
    for place, (tile, lines) in enumerate(zip(tiles, texts, strict=True)):
        left = _GAP + place * (_TILE + _GAP)
        sheet.paste(tile.picture.resize((_TILE, _TILE), Image.Resampling.NEAREST), (left, _GAP))
        if tile.best:
            pen.rectangle((left - 3, _GAP - 3, left + _TILE + 2, _GAP + _TILE + 2), outline="#079464", width=3)
        for row, line in enumerate(lines):
            pen.text((left, _GAP + _TILE + 8 + row * _LINE), line, "#1b2124", font)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def grey(x: Tensor) -> Image.Image:
    """A digit (1, 1, H, W) in [0, 1] as a picture."""
    return Image.fromarray((x[0, 0].numpy() * 255 + 0.5).astype("uint8"))


def buttons(comparison: Comparison, name: str, key: str) -> None:
    """A popover with both files, each made when it is asked for; name: of the files, without their ending."""
    with st.popover("Download", icon=":material/download:"):
        st.download_button(
            "Pictures, PNG", lambda: png(comparison), f"{name}.png", "image/png", on_click="ignore", key=f"{key}_png",
            help="Every tile with its numbers", width="stretch",
        )  # fmt: skip
        st.download_button(
            "Numbers, CSV", lambda: numbers_csv(comparison), f"{name}.csv", "text/csv", on_click="ignore",
            key=f"{key}_csv", help="One line a method", width="stretch",
        )  # fmt: skip


def png(comparison: Comparison) -> bytes:
    """All pictures of a comparison side by side, each with its name and numbers, as a PNG."""
    tiles = []
    for entry in [comparison.clean, comparison.corrupted, *comparison.methods]:
        lines = [entry.label if entry is not comparison.corrupted else str(comparison.damage)]
        if entry is not comparison.clean:
            lines.append(f"PSNR {entry.psnr:.1f} dB, SSIM {entry.ssim:.2f}")
        if entry.reads is not None:
            lines.append(f"judge: {entry.reads}, {100 * entry.sure:.0f}%")
        tiles.append(Labelled(grey(entry.x), lines, comparison.leads(entry)))
    return contact_sheet(tiles)


def numbers_csv(comparison: Comparison) -> str:
    """One row a picture: method, kind, corruption and strength, PSNR in dB, SSIM, the judge's reading."""
    head = ["method", "kind", "corruption", "strength", "seed", "psnr_db", "ssim", "judge_reads", "judge_probability"]
    damage, rows = comparison.damage, []
    for entry in [comparison.corrupted, *comparison.methods]:
        row = [entry.id, entry.kind or "input", damage.corruption, damage.strength, damage.seed]
        reading = ["", ""] if entry.reads is None else [entry.reads, f"{entry.sure:.4f}"]
        rows.append([*row, f"{entry.psnr:.3f}", f"{entry.ssim:.4f}", *reading])
    return comma_separated(head, rows)


def _folded(line: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """A line as several, each no wider than a tile; nothing is cut but a word that is wider by itself."""
    lines = [""]
    for word in line.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > _TILE:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
