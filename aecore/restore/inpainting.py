"""Filling holes whose place is known: one registry of learned and classical methods, one function, one table.

The table, `benchmarks/results/restoration.json`, is written by `benchmarks/restoration.py` and read by `load`. As JSON:
    digits     the first so many test digits; seed: of the masks and of the latent search
    search     {"starts", "steps"} of the latent search, which a page that restores one digit exceeds
    definitions  field of a score -> what it means
    holes      kind of mask -> strength, describe (for people), missing (share of the pixels), scores, where
    scores     method -> psnr_missing, psnr, ssim, reads_right; besides METHODS also "damaged" (nothing is done: the
               fill is left there) and "clean" (the truth, whose two PSNR are null)
    checkpoints  name -> SHA-256 of the tensors that were measured; versions: of the libraries
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import Generator, Tensor

from aecore import contract, metrics, records
from aecore.engine import Engine, get_engine
from aecore.restore import baselines, energy, masks

SEARCH = "vae-search"  # the method that takes seconds
LECTURE = "lecture"  # the denoiser that the lecture compares with Telea and Navier-Stokes
SEARCH_MODEL = "vae"  # whose latent space it searches
STARTS, STEPS = 16, 500  # of the search for one digit
_ROWS = 128  # codes searched at once: what fits a processor's caches; bounds the memory, too
HALF_RADIUS = 8  # px, of Telea and Navier-Stokes, tuned like aecore.restore.baselines.TUNED, which knows no halves
DAMAGED, CLEAN = "damaged", "clean"  # rows of the table that are no methods
EXACT = 60.0  # dB that a digit without any error counts as in a mean


@dataclass(frozen=True)
class Method:
    """One way to fill holes.

    fill: (engine, x, mask, kind, rng) -> recon, with x already hidden under the mask; kind: of the model, or
    "classical"; model: the checkpoint that it needs, or None; told: what it knows beside the damaged picture;
    about: one sentence, with the source.
    """

    name: str
    label: str
    kind: str
    model: str | None
    told: str
    about: str
    fill: Callable[[Engine, Tensor, Tensor, str, Generator], Tensor]


def methods(engine: Engine | None = None) -> dict[str, Method]:
    """METHODS, and before the classical ones every other checkpoint at hand whose family inpaints."""
    engine, known = engine or get_engine(), {method.model for method in METHODS.values()}
    learned = {name: method for name, method in METHODS.items() if method.model}
    for name, card in engine.restorers("inpaint").items():
        if name not in known:
            told = "the mask" if engine.takes_mask(name) else "the mask, afterwards"
            learned[name] = Method(name, card.title, card.kind, name, told, card.summary, _network(name))
    return learned | METHODS


def inpaint(
    x: Tensor,
    mask: Tensor,
    method: str = "inpainter",
    rng: Generator | None = None,
    kind: str = "patch",
    engine: Engine | None = None,
) -> Tensor:
    """Fill the missing pixels of digits.

    Args:    x: (N, 1, 28, 28) in [0, 1]; what it holds where pixels are missing does not matter.
             mask: (N, 1, 28, 28), 1 where a pixel is missing, see `aecore.restore.masks.make`.
             method: a key of `methods`.
             rng: where the latent search starts; None for a fresh generator with seed 0. Other methods draw nothing.
             kind: a key of `aecore.restore.masks.MASKS`, what the holes are like: black dots or grey areas for the
             blind denoiser, as in its training, and the radius of Telea and Navier-Stokes, tuned for it.
             engine: None for the process's one.
    Returns: recon: (N, 1, 28, 28) in [0, 1]; known pixels are exactly those of x, except by `dae`, which is blind.
    Raises:  ValueError: an unknown method or kind, or shapes that do not fit.
             CheckpointError: the method's model cannot be loaded.
    """
    engine = engine or get_engine()
    if method not in (known := METHODS if method in METHODS else methods(engine)):
        raise ValueError(f"unknown method {method!r}: choose one of {', '.join(known)}")
    if kind not in masks.MASKS:
        raise ValueError(f"unknown kind of mask {kind!r}: choose one of {', '.join(masks.MASKS)}")
    contract.check_shape(x)
    mask = contract.as_mask(mask, x)
    hidden = masks.hide(x, mask, masks.MASKS[kind].fill)
    contract.check_values(hidden)  # what stood in the holes does not matter
    return known[method].fill(engine, hidden, mask, kind, rng or torch.Generator().manual_seed(0))


def search(
    x: Tensor,
    mask: Tensor,
    rng: Generator,
    name: str = SEARCH_MODEL,
    starts: int = STARTS,
    steps: int = STEPS,
    engine: Engine | None = None,
) -> Tensor:
    """The filling with the lowest energy of `aecore.restore.energy.descend`, digit by digit, known pixels pasted.

    Args, Returns: as `inpaint`; name: of a VAE's checkpoint.
    """
    model, fillings = (engine or get_engine()).model(name), []
    for part, hole in zip(x.split(_ROWS // starts), mask.split(_ROWS // starts), strict=True):
        *_, last = energy.descend(model, part, hole, starts=starts, steps=steps, rng=rng, variety=0.0, every=steps)
        best = last.energy.view(len(part), starts).argmin(1) + starts * torch.arange(len(part))
        fillings.append(masks.paste(part, last.recon[best], hole))
    return torch.cat(fillings)


def _blind(engine: Engine, x: Tensor, mask: Tensor, kind: str, rng: Generator) -> Tensor:
    return engine.reconstruct("dae", x)


def _search(engine: Engine, x: Tensor, mask: Tensor, kind: str, rng: Generator) -> Tensor:
    return search(x, mask, rng, engine=engine)


def _network(name: str) -> Callable[[Engine, Tensor, Tensor, str, Generator], Tensor]:
    """A checkpoint that is told the mask if it takes one; the known pixels are put back."""

    def fill(engine: Engine, x: Tensor, mask: Tensor, kind: str, rng: Generator) -> Tensor:
        return masks.paste(x, engine.reconstruct(name, x, mask), mask)

    return fill


def _classical(name: str) -> Callable[[Engine, Tensor, Tensor, str, Generator], Tensor]:
    def fill(engine: Engine, x: Tensor, mask: Tensor, kind: str, rng: Generator) -> Tensor:
        if kind == "half":
            return masks.paste(x, baselines.restore_with(name, x, mask, 0.0, HALF_RADIUS), mask)
        share = mask.flatten(1).mean(1)  # (N,)
        strength = share.sqrt() if kind == "patch" else share  # of a painted hole: the square of the same area
        return masks.paste(x, baselines.restore(name, x, mask, kind, strength), mask)

    return fill


@dataclass(frozen=True)
class Score:
    """What a method reaches on average over digits, as DEFINITIONS says; None where nothing differs from the truth."""

    psnr_missing: FiniteFloat | None
    psnr: FiniteFloat | None
    ssim: FiniteFloat
    reads_right: FiniteFloat


DEFINITIONS = {
    "psnr_missing": "mean over digits of 10 log10(1 / mean squared error over the missing pixels), in dB; "
    f"an exact digit counts as {EXACT:.0f} dB",
    "psnr": f"the same over all pixels, in dB; an exact digit counts as {EXACT:.0f} dB",
    "ssim": "mean over digits of the structural similarity (Wang et al. 2004, flat 7 x 7 window)",
    "reads_right": "share of the digits whose class the judge reads from the filled picture",
}


@dataclass(frozen=True)
class HoleScores:
    """One kind of mask. strength, describe: of the hole; missing: share of the pixels; scores: method -> Score."""

    strength: FiniteFloat
    describe: str
    missing: FiniteFloat
    scores: dict[str, Score]


@dataclass(frozen=True)
class Measured:
    """The table; see the top of this file."""

    digits: int
    seed: int
    search: dict[str, int]
    holes: dict[str, HoleScores]
    checkpoints: dict[str, str]
    versions: dict[str, str]
    definitions: dict[str, str] = field(default_factory=lambda: DEFINITIONS)

    def stale(self, engine: Engine) -> list[str]:
        """Checkpoints that are no longer the measured ones, or are missing."""
        return engine.changed(self.checkpoints)


def score(engine: Engine, x: Tensor, y: Tensor, recon: Tensor, mask: Tensor) -> Score:
    """Measure filled digits. Args: x, recon: (N, 1, 28, 28); y: (N,) classes; mask: (N, 1, 28, 28)."""
    exact = torch.equal(x, recon)
    return Score(
        None if exact else float(metrics.psnr_missing(x, recon, mask).clamp(max=EXACT).mean()),
        None if exact else float(metrics.psnr(x, recon).clamp(max=EXACT).mean()),
        float(metrics.ssim(x, recon).mean()),
        float((engine.classify(recon).argmax(1) == y).float().mean()),
    )


def results_file() -> Path:
    """Where the table lives: `benchmarks/results/restoration.json` beside the package."""
    return records.RESULTS / "restoration.json"


def save(measured: Measured, path: Path | None = None) -> Path:
    """Write the table as JSON, numbers rounded to four digits."""
    path = path or results_file()
    rounded = json.loads(json.dumps(asdict(measured)), parse_float=lambda text: round(float(text), 4))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    return path


def load(path: Path | None = None, whole: bool = False) -> Measured:
    """The table; whole: not one whose measurement has only begun. Raises: DataError: it is not there, or not ours."""
    return records.read_table(
        Measured,
        path or results_file(),
        "How well each method fills holes",
        "python -m benchmarks.restoration",
        lambda table: (
            table.holes.keys() <= masks.MASKS.keys()
            and (not whole or (bool(table.holes) and {"starts", "steps"} <= table.search.keys()))
        ),
    )


METHODS: dict[str, Method] = {
    m.name: m
    for m in (
        Method(
            "dae",
            "Denoiser, blind",
            "dae",
            "dae",
            "nothing",
            "Projects the whole damaged picture onto what it knows of digits (Vincent et al. 2010).",
            _blind,
        ),
        Method(
            "dae-pasted",
            "Denoiser, known pixels kept",
            "dae",
            "dae",
            "the mask, afterwards",
            "The same, and the pixels that were never missing are put back.",
            _network("dae"),
        ),
        Method(
            SEARCH,
            "Latent search",
            "vae",
            SEARCH_MODEL,
            "the mask",
            "Looks for the code whose decoding matches the known pixels (NYU week 7; Kingma & Welling 2014).",
            _search,
        ),
        Method(
            "inpainter",
            "Inpainter, told the mask",
            "dae",
            "inpainter",
            "the mask",
            "A denoiser trained for holes, which sees where they are (Vincent et al. 2010).",
            _network("inpainter"),
        ),
        Method(
            LECTURE,
            "Lecture's denoiser",
            "dae",
            "dae-tanh-500",
            "the mask",
            "784-500-784, trained on dropped pixels and nothing else (NYU week 7); known pixels are put back.",
            _network("dae-tanh-500"),
        ),
        Method(
            "telea",
            "Telea",
            "classical",
            None,
            "the mask",
            "Marches inwards from the border, averaging what is known nearby (Telea 2004).",
            _classical("telea"),
        ),
        Method(
            "navier_stokes",
            "Navier-Stokes",
            "classical",
            None,
            "the mask",
            "Continues lines of equal brightness like a flowing liquid (Bertalmio, Bertozzi & Sapiro 2001).",
            _classical("navier_stokes"),
        ),
        Method(
            "biharmonic",
            "Biharmonic",
            "classical",
            None,
            "the mask",
            "The surface through the known pixels that bends least (Damelin & Hoang 2018).",
            _classical("biharmonic"),
        ),
    )
}
