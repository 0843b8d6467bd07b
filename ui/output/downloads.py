"""What a visitor takes home: the strip as one labelled PNG, the numbers as CSV."""

import csv
import io

from PIL import Image, ImageDraw, ImageFont

from aecore.restore.compare import Comparison

_TILE, _GAP, _LINE = 168, 20, 22


def png(comparison: Comparison) -> bytes:
    """All pictures of a comparison side by side, each with its name and numbers, as a PNG."""
    entries = [comparison.clean, comparison.corrupted, *comparison.methods]
    sheet = Image.new("RGB", (_GAP + len(entries) * (_TILE + _GAP), _TILE + 2 * _GAP + 3 * _LINE), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for place, entry in enumerate(entries):
        left = _GAP + place * (_TILE + _GAP)
        small = Image.fromarray((entry.x[0, 0].numpy() * 255 + 0.5).astype("uint8"))
        sheet.paste(small.resize((_TILE, _TILE), Image.Resampling.NEAREST), (left, _GAP))
        lines = [entry.label if entry.id != "corrupted" else str(comparison.damage)]
        if entry is not comparison.clean:
            lines.append(f"PSNR {entry.psnr:.1f} dB, SSIM {entry.ssim:.2f}")
        if entry.reads is not None:
            lines.append(f"judge: {entry.reads}, {100 * entry.sure:.0f} %")
        if entry is comparison.best:
            pen.rectangle((left - 3, _GAP - 3, left + _TILE + 2, _GAP + _TILE + 2), outline="#079464", width=3)
        for row, line in enumerate(lines):
            pen.text((left, _GAP + _TILE + 8 + row * _LINE), _fit(line, font), "#1b2124", font)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def numbers_csv(comparison: Comparison) -> str:
    """One row a picture: method, kind, corruption and strength, PSNR in dB, SSIM, the judge's reading."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(
        ["method", "kind", "corruption", "strength", "seed", "psnr_db", "ssim", "judge_reads", "judge_probability"]
    )
    damage = comparison.damage
    for entry in [comparison.corrupted, *comparison.methods]:
        row = [entry.id, entry.kind or "input", damage.corruption, damage.strength, damage.seed]
        reading = ["", ""] if entry.reads is None else [entry.reads, f"{entry.sure:.4f}"]
        writer.writerow([*row, f"{entry.psnr:.3f}", f"{entry.ssim:.4f}", *reading])
    return table.getvalue()


def _fit(line: str, font: ImageFont.FreeTypeFont) -> str:
    """A line cut to the width of a tile."""
    while font.getlength(line) > _TILE:
        line = line[:-2].rstrip() + "…"
    return line
