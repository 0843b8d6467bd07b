"""What the verbs do: the engine's work, asked for by a question of `aecore.service.questions`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aecore import referee
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.intake import files
from aecore.intake.decode import size_of
from aecore.latent import prompts, samples
from aecore.pictures.denoise import denoise as clean_tiles
from aecore.pictures.io import read_photo
from aecore.pictures.noise import judge_result
from aecore.restore import inpainting, masks, upscaling
from aecore.service import questions
from aecore.service.choices import latent_dim, restorer
from aecore.service.questions import Answer

SEARCHED = 8  # digits that one question may search for, a second or two each


class Refused(AecoreError):
    """What was asked makes no sense, in words. errors: of single fields, (where, what)."""

    def __init__(self, text: str, errors: tuple[tuple[str, str], ...] = ()):
        super().__init__(text)
        self.errors = errors


@dataclass(frozen=True)
class Made:
    """What a verb made. answer: without its large parts; digits: (N, 1, 28, 28) or None; png: b"" if it has none."""

    answer: Answer
    digits: Tensor | None = None
    png: bytes = b""


def denoise(asked: questions.Denoise, engine: Engine) -> Made | Iterator[float | Made]:
    """A whole picture cleaned tile by tile, or digits restored."""
    if is_whole_picture(asked, engine):
        return _clean(asked, engine)
    x, notes, _ = _opened(asked)
    name = asked.model or "dae"
    return _drawn(asked, name, engine.reconstruct(name, x), engine, notes)


def _clean(asked: questions.Denoise, engine: Engine) -> Iterator[float | Made]:
    if asked.picture is None:
        raise Refused(f"{asked.model} cleans pictures. Give one, or choose a network for digits, such as dae.")
    name, photo = asked.model or "photo", read_photo(asked.picture)
    for step in clean_tiles(photo.pixels, model=lambda pixels: engine.reconstruct(name, pixels)):
        yield step.done / step.total
    notes = [*photo.notes, judge_result(photo.pixels, step.recon).sentence]
    width, height = photo.size
    yield Made(questions.Drawn(model=name, width=width, height=height, notes=notes), png=photo.png(step.recon))


def is_whole_picture(asked: questions.Denoise, engine: Engine) -> bool:
    """Whether a picture as such is to be cleaned, and not the digits in it."""
    return asked.picture is not None if asked.model is None else restorer("photo")(engine, asked.model) is not None


def inpaint(asked: questions.Inpaint, engine: Engine) -> Made:
    """Digits filled where pixels are missing."""
    x, notes, pieces = _opened(asked)
    if asked.model == inpainting.SEARCH and len(x) > SEARCHED:
        raise Refused(f"{asked.model} takes at most {SEARCHED} digits a question. Send fewer, or choose another model.")
    rng = torch.Generator().manual_seed(asked.seed)
    kind = asked.hole or "patch"
    if asked.missing is not None:
        mask = _numbers(asked.missing, (28,), "missing")
        if len(mask) != len(x) or not bool(((mask == 0) | (mask == 1)).all()):
            raise Refused(f"missing: must hold 0 and 1 alone, for each of the {len(x)} digits.")
    elif asked.mask is not None and pieces:
        mask = masks.for_digits(asked.mask, pieces, size_of(asked.picture))
    elif asked.mask is not None:
        mask = masks.from_picture(asked.mask).expand(len(x), -1, -1, -1)
    else:
        mask = masks.make(kind, x, asked.strength, rng, asked.center or (0.5, 0.5), asked.side or "top")
    recon = inpainting.inpaint(x, mask, asked.model, rng, kind, engine)
    return _drawn(asked, asked.model, recon, engine, notes)


def upscale(asked: questions.Upscale, engine: Engine) -> Made:
    """Digits enlarged."""
    if asked.digits is not None and len(asked.digits[0]) in upscaling.SIDES:
        x_low, notes = _numbers(asked.digits, upscaling.SIDES, "digits"), []
        if asked.side not in (None, x_low.shape[-1]):
            raise Refused(f"side: the digits have {x_low.shape[-1]} pixels a side already. Leave side out.")
    else:
        x, notes, _ = _opened(asked)
        x_low = upscaling.lower(x, asked.side or 7)
    return _drawn(asked, asked.model, upscaling.upscale(engine, asked.model, x_low), engine, notes)


def encode(asked: questions.Encode, engine: Engine) -> Made:
    """Codes."""
    x, notes, _ = _opened(asked)
    y = _labels(asked, len(x), engine)
    if y is None and engine.takes_label(asked.model):
        y = engine.classify(x).argmax(1)
    z = engine.encode(asked.model, x, y)
    codes = np.round(z.double().numpy(), 6).tolist()
    told = y.tolist() if y is not None and engine.takes_label(asked.model) else None
    return Made(questions.Coded(model=asked.model, latent_dim=z.shape[1], labels=told, codes=codes, notes=notes))


def decode(asked: questions.Decode, engine: Engine) -> Made:
    """Digits drawn from codes."""
    size = latent_dim(engine, asked.model)
    if any(len(code) != size for code in asked.codes):
        raise Refused(f"codes: each must have {size} numbers, as encode of {asked.model} gives them.")
    y = _labels(asked, len(asked.codes), engine)
    if y is None and engine.takes_label(asked.model):
        raise Refused(f"labels: {asked.model} must be told a class for each code.")
    z = torch.tensor(asked.codes, dtype=torch.float32)
    if not bool(z.isfinite().all()):
        raise Refused("codes: hold numbers that are too large. Those of encode are mostly between -5 and 5.")
    x = engine.decode(asked.model, z, y)
    if not bool(x.isfinite().all()):
        raise Refused("codes: are so far from any that nothing can be drawn. Those of encode are mostly within 5 of 0.")
    return _drawn(asked, asked.model, x, engine, [])


def generate(asked: questions.Generate, engine: Engine) -> Made:
    """Digits written."""
    caption, model, notes = prompts.parse(asked.text), engine.model(asked.model), []
    if not caption.glyphs:
        raise Refused("text: there is no digit in it. Name one, as in: a thin upright 3.")
    if model.takes_label:
        notes = caption.notes
        if any(glyph.style for glyph in caption.glyphs) and not samples.knows_styles(model):
            notes = [*notes, f"{asked.model} knows no styles: those that were asked for are left out."]
    else:
        notes = [f"{asked.model} is told no class: it draws whatever comes to it."]
    n = asked.samples if asked.samples or model.takes_label else len(caption.glyphs)
    drawn = samples.write(engine, asked.model, caption, asked.seed, asked.temperature, n)
    x = torch.from_numpy(drawn.x).float().div(255)[:, None]  # (N, 1, 28, 28)
    labels = drawn.y.tolist() if model.takes_label else None
    return _drawn(asked, asked.model, x, engine, notes, labels)


def read(asked: questions.Read, engine: Engine) -> Made:
    """Digits read."""
    x, notes, pieces = _opened(asked)
    rows = zip(engine.classify(x), referee.refusals(engine, x), strict=True)
    readings = [
        questions.Reading(
            digit=int(p.argmax()),
            doubt=doubt,
            probabilities=np.round(p.double().numpy(), 4).tolist(),
            box=list(pieces[place].box) if pieces else None,
        )
        for place, (p, doubt) in enumerate(rows)
    ]
    return Made(questions.Readings(readings=readings, notes=notes))


# ---- what they share


def _opened(asked: questions.Subject) -> tuple[Tensor, list[str], list[files.Digit]]:
    """Digits (N, 1, 28, 28), what is to be known of them, and where they stand in the picture, if there is one."""
    if asked.picture is None:
        return _numbers(asked.digits, (28,), "digits"), [], []
    pieces = files.digits_from_bytes(asked.picture)
    return torch.cat([digit.x for digit in pieces]), list(dict.fromkeys(n for d in pieces for n in d.notes)), pieces


def _numbers(grids: list[list[list[float]]], sides: tuple[int, ...], name: str) -> Tensor:
    """(N, 1, side, side) float32, in [0, 1] as the question has checked."""
    side = len(grids[0])
    if side not in sides or any(len(grid) != side or any(len(row) != side for row in grid) for grid in grids):
        wanted = " or ".join(f"{n} rows of {n} numbers" for n in sides)
        raise Refused(f"{name}: each must be {wanted}, all of one size.")
    return torch.tensor(grids, dtype=torch.float32)[:, None]


def _labels(asked: questions.Encode | questions.Decode, n: int, engine: Engine) -> Tensor | None:
    if asked.labels is None:
        return None
    if len(asked.labels) != n:
        raise Refused(f"labels: {len(asked.labels)} for {n} digits. Give one for each.")
    return torch.tensor(asked.labels)


def _drawn(
    asked: questions.Scaled, name: str, x: Tensor, engine: Engine, notes: list[str], labels: list[int] | None = None
) -> Made:
    """Digits as the answer; x: (N, 1, 28, 28)."""
    x = x.clamp(0, 1)
    columns = min(len(x), 20)
    png = samples.sheet(x[:, 0].mul(255).round().byte().numpy(), columns, asked.scale)
    rows = -(-len(x) // columns)
    size = {"width": columns * 28 * asked.scale, "height": rows * 28 * asked.scale}
    reads = engine.classify(x).argmax(1).tolist()
    return Made(questions.Drawn(model=name, reads=reads, labels=labels, notes=notes, **size), x, png)
