"""Fair comparisons: one digit, one damage, every method, the same measures for all, and what the numbers say.

    x = load_digits("test")[0][:1].float() / 255                 # (1, 1, 28, 28)
    print(compare_denoising(x, Damage("dropout", 0.5)))          # a table
    print(compare_inpainting(x, Hole(masks.make("half", x))))
    print(compare_upscaling(x, 7).facts)                         # who leads, by how much, over whom

Without an engine of your own they use `aecore.engine.get_engine()`. Words for people are found in ui/output/verdict.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from torch import Tensor

from aecore import contract, corruptions, metrics, referee
from aecore.engine import Engine, get_engine
from aecore.errors import AecoreError
from aecore.restore import baselines, inpainting, masks, upscaling
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, LEFT_OUT

SWEEP = tuple(i / 20 for i in range(21))  # strengths
TIE = 0.5  # dB: who leads by less does not lead
UNTOUCHED = 60.0  # dB: a damaged picture so near to the clean one has nothing to restore
EMPTY = 45.0  # dB on the missing pixels: only background was missing
EXACT = 99.0  # dB, from which a picture counts as a perfect copy


def on_tile(psnr: float) -> float:
    """A PSNR in dB as people read it: one decimal, infinite from EXACT on. Margins are differences of such numbers."""
    return math.inf if psnr >= EXACT else round(psnr, 1)


@dataclass(frozen=True)
class Damage:
    """A corruption with everything that fixes its outcome; center as in aecore.corruptions."""

    corruption: str
    strength: float
    seed: int = 0
    center: tuple[float, float] = (0.5, 0.5)

    def apply(self, x: Tensor, strength: float | None = None) -> tuple[Tensor, Tensor | None]:
        """x -> x_noisy, mask; another strength with the same noise where given."""
        return self.draw(x, strength).apply(x)

    def draw(self, x: Tensor, strength: float | None = None) -> corruptions.Realization:
        """What `apply` does to pictures of x's shape."""
        rng = torch.Generator().manual_seed(self.seed)
        s = self.strength if strength is None else strength
        return corruptions.draw(self.corruption, x, s, rng, center=self.center)

    def __str__(self) -> str:
        corruption = corruptions.CORRUPTIONS[self.corruption]
        return f"{corruption.label}, {corruption.describe(self.strength)}"


@dataclass(frozen=True)
class Hole:
    """Pixels that are missing. mask: (1, 1, H, W), 1 where missing; kind: how it was made, a key of
    aecore.restore.masks.MASKS or anything else; about: its size in words."""

    mask: Tensor
    kind: str = "patch"
    about: str = ""

    @property
    def like(self) -> str:
        """What the methods are told of its kind: a key of MASKS, "patch" for one that was painted."""
        return self.kind if self.kind in masks.MASKS else "patch"

    def __str__(self) -> str:
        return f"{self.about or f'{int(self.mask.sum())} pixels'} missing"


@dataclass(frozen=True)
class Entry:
    """One picture and its numbers.

    id: "clean", "corrupted" or the method's name; label: for people; kind: of the model (`aecore.models.Family`),
    "classical", or "" where there is no method; x: (1, C, H, W);
    psnr (dB), ssim: against the clean picture; reads, sure: the judge's digit and its probability, None and 0.0 without
    a judge; missing: PSNR in dB on the missing pixels alone, NaN where none is known to be missing; fits: PSNR in dB
    between the few pixels that were given and this picture averaged to as few, NaN where all were given.
    """

    id: str
    label: str
    kind: str
    x: Tensor
    psnr: float
    ssim: float
    reads: int | None = None
    sure: float = 0.0
    missing: float = math.nan
    fits: float = math.nan


Outcome = Literal[
    "refused",  # the picture is no digit: nobody is judged on it
    "no method",  # nobody was asked
    "undamaged",  # nothing to restore
    "nothing left",  # every pixel is missing
    "leave it",  # every method is worse than the damage
    "no rival",  # models alone, or classical methods alone
    "background",  # only background is missing
    "tie",
    "lead",
]


@dataclass(frozen=True)
class Facts:
    """What the numbers of a comparison say.

    best: the leading method; rival: the best of the other sort, a classical one where a model leads and the other way
    round; gain: dB by which `best` leads the rival, or the damaged picture without a rival or where that is no worse
    (then 0 or negative), as the difference of the rounded numbers that people see; misread, rival_misread: the judge
    reads another digit in them than in the clean picture; by_ssim: who leads by SSIM, if that is somebody else.
    """

    outcome: Outcome
    best: Entry | None = None
    rival: Entry | None = None
    gain: float = math.nan
    misread: bool = False
    rival_misread: bool = False
    by_ssim: Entry | None = None


@dataclass(frozen=True)
class Bias:
    """What a class that was missing in the training did to one digit.

    outcome: "refused", the picture is no digit; "untold", a network is not at hand; "lost", the digit is of that class,
    and only the network that has seen it draws one; "survives", the other draws one, too; "illegible", `full` does not
    draw the digit; "control", it does, and the digit is of another class. full, biased: of FULL and BIASED; classical:
    the best of those; gap, gain: dB by which `full` leads each of them, as differences of the rounded numbers that
    people see.
    """

    outcome: Literal["refused", "untold", "lost", "survives", "illegible", "control"]
    full: Entry | None
    biased: Entry | None
    classical: Entry | None
    gap: float = math.nan
    gain: float = math.nan


@dataclass(frozen=True, repr=False)
class Comparison:
    """A digit, what was done to it, and what every method makes of that.

    given: what the methods see, (1, C, h, w); methods: in the order asked for, without those that could not run;
    mask: (1, 1, H, W), 1 where pixels are known to be missing, or None; decides: the number of an Entry by which
    methods are ranked; problems: name -> why a model is missing; refused: why the picture is no digit, or None: if so,
    nobody reads it, nobody leads.
    """

    damage: Damage | Hole
    given: Tensor
    clean: Entry
    corrupted: Entry
    methods: list[Entry]
    mask: Tensor | None = None
    decides: Literal["psnr", "missing"] = "psnr"
    problems: dict[str, str] = field(default_factory=dict)
    refused: referee.Refusal | None = None

    def method(self, name: str) -> Entry | None:
        """A method's entry, or None where it could not run."""
        return next((entry for entry in self.methods if entry.id == name), None)

    def number(self, entry: Entry) -> float:
        """The number that decides, in dB."""
        return entry.missing if self.decides == "missing" else entry.psnr

    def misread(self, entry: Entry) -> bool:
        """Whether the judge reads another digit in it than in the clean picture."""
        return entry.reads != self.clean.reads

    @property
    def best(self) -> Entry | None:
        """The leading method; of several that fill a hole equally well, the one that spares the other pixels."""
        if self.decides == "psnr":
            return max(self.methods, key=self.number, default=None)
        return max(self.methods, key=lambda entry: (round(entry.missing, 3), round(entry.psnr, 3)), default=None)

    def best_of(self, classical: bool) -> Entry | None:
        """The leader among the classical methods, or among the models."""
        sort = [entry for entry in self.methods if (entry.kind == "classical") == classical]
        return max(sort, key=self.number, default=None)

    @property
    def facts(self) -> Facts:
        """Who leads, by how much, over whom."""
        best, of_hole = self.best, self.decides == "missing"
        if self.refused:
            return Facts("refused")
        if best is None:
            return Facts("no method")
        rival = self.best_of(classical=best.kind != "classical")
        gain = self._gap(best, rival or self.corrupted)
        if not self.mask.any() if of_hole else self.corrupted.psnr > UNTOUCHED:
            outcome = "undamaged"
        elif of_hole and self.mask.all():
            outcome = "nothing left"
        elif not of_hole and self._gap(best, self.corrupted) <= 0:
            outcome, rival, gain = "leave it", None, self._gap(best, self.corrupted)
        elif rival is None:
            outcome = "no rival"
        elif of_hole and best.missing > EMPTY:
            outcome = "background"
        else:
            outcome = "tie" if gain < TIE else "lead"
        rival_misread = rival is not None and self.misread(rival)
        return Facts(outcome, best, rival, gain, self.misread(best), rival_misread, self._by_ssim(best))

    def leads(self, entry: Entry) -> bool:
        """Whether it deserves a badge: something was to do, and by the numbers that people see nobody did better."""
        facts = self.facts
        if facts.outcome not in ("no rival", "tie", "lead") or entry not in self.methods:
            return False
        ahead = self._gap(entry, facts.best)
        return ahead == 0 and (self.decides == "psnr" or on_tile(entry.psnr) >= on_tile(facts.best.psnr))

    def _gap(self, entry: Entry, other: Entry) -> float:
        """By how many dB one leads another, by the numbers that people see; 0 for two perfect copies."""
        ahead, behind = on_tile(self.number(entry)), on_tile(self.number(other))
        return 0.0 if ahead == behind else round(ahead - behind, 1)

    def _by_ssim(self, best: Entry) -> Entry | None:
        top = max(self.methods, key=lambda entry: round(entry.ssim, 2))
        return top if round(top.ssim, 2) > round(best.ssim, 2) else None

    @property
    def bias(self) -> Bias:
        """Of an enlarged digit: what a network makes of it that never saw a LEFT_OUT, beside one that has seen all."""
        full, biased, classical = self.method(FULL), self.method(BIASED), self.best_of(classical=True)
        if self.refused:
            return Bias("refused", full, biased, classical)
        if None in (full, biased, classical):
            return Bias("untold", full, biased, classical)
        truth = self.clean.reads
        if truth == LEFT_OUT and not self.misread(biased):
            outcome = "survives"
        elif truth is not None and self.misread(full):
            outcome = "illegible"
        else:
            outcome = "lost" if truth == LEFT_OUT else "control"
        return Bias(outcome, full, biased, classical, self._gap(full, biased), self._gap(full, classical))

    def __repr__(self) -> str:
        """A table, for print and for notebooks."""
        columns = {"PSNR": "psnr", "PSNR missing": "missing", "SSIM": "ssim", "fits the input": "fits"}
        entries = [self.corrupted, *self.methods]
        measured = {name for name in columns.values() if not all(math.isnan(getattr(entry, name)) for entry in entries)}
        columns = {head: name for head, name in columns.items() if name in measured}
        rows = [[str(self.damage), *columns, "judge reads"]]
        for entry in [self.clean, *entries]:
            numbers = [getattr(entry, name) for name in columns.values()]
            written = ["" if entry is self.clean else f"{number:.2f}" for number in numbers]
            reads = "" if entry.reads is None else f"{entry.reads} ({entry.sure:.0%})"
            rows.append([entry.label + (" *" if entry is self.best else ""), *written, reads])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ([f"{label:<{widths[0]}}", *map("{:>{}}".format, rest, widths[1:])] for label, *rest in rows)
        return "\n".join("  ".join(cells) for cells in lines)


# ---- the three comparisons

_Answer = tuple[str, str, str, Tensor]  # id, label, kind and x of an Entry


def compare_denoising(
    x: Tensor,
    damage: Damage,
    models: Iterable[str] | None = None,
    classical: Iterable[str] | None = None,
    paste: bool = False,
    engine: Engine | None = None,
) -> Comparison:
    """Corrupt one digit and let every method restore it.

    Args:    x: (1, 1, 28, 28) in [0, 1]; models: checkpoints, all that restore any digit unless given;
             classical: keys of aecore.restore.baselines.BASELINES, all that were made for this corruption unless given;
             paste: put the known pixels back into the models' answers where the mask is known.
    Returns: a Comparison; a model that cannot be loaded is left out and stands in `problems`.
    Raises:  ValueError: not one digit, or a corruption or a classical method that does not exist.
    """
    engine = engine or get_engine()
    x_noisy, mask = damage.apply(_one(x))

    def model(name: str) -> _Answer:
        card, recon = engine.card(name), engine.reconstruct(name, x_noisy, mask)
        return name, card.title, card.kind, paste_known(recon, x_noisy, mask) if paste else recon

    def filtered(name: str) -> _Answer:
        recon = baselines.restore(name, x_noisy, mask, damage.corruption, damage.strength)
        return name, baselines.BASELINES[name].label, "classical", recon

    models = engine.restorers("denoise") if models is None else models
    classical = baselines.applicable(damage.corruption) if classical is None else classical
    answers, problems = _asked(models, model)
    answers += [filtered(name) for name in classical]
    refused = referee.refusal(engine, x)
    pictures = [_clean(x), _corrupted(x_noisy), *answers]
    clean, corrupted, *entries = _measured(engine, x, pictures, problems, mask, judged=not refused)
    return Comparison(damage, x_noisy, clean, corrupted, entries, mask, problems=problems, refused=refused)


def compare_inpainting(
    x: Tensor, hole: Hole, methods: Iterable[str] | None = None, engine: Engine | None = None
) -> Comparison:
    """Hide some pixels of one digit and let every method fill the hole; the missing pixels decide.

    Args:    x: (1, 1, 28, 28) in [0, 1], what it holds under the mask is the truth that no method sees;
             methods: keys of `aecore.restore.inpainting.methods`, all but the search unless given, which takes seconds.
    Returns: a Comparison; a method whose model cannot be loaded is left out, and its model stands in `problems`.
    Raises:  ValueError: not one digit, or a mask that does not fit.
    """
    engine = engine or get_engine()
    known, mask = inpainting.methods(engine), contract.as_mask(hole.mask, _one(x))
    given = masks.hide(x, mask, masks.MASKS[hole.like].fill)

    def fill(name: str) -> _Answer:
        recon = inpainting.inpaint(given, mask, name, kind=hole.like, engine=engine)
        return name, known[name].label, known[name].kind, recon

    asked = [name for name in known if name != inpainting.SEARCH] if methods is None else methods
    answers, problems = _asked(asked, fill, lambda name: known[name].model or name)
    refused = referee.refusal(engine, x)
    pictures = [_clean(x), _corrupted(given), *answers]
    clean, corrupted, *entries = _measured(engine, x, pictures, problems, mask, judged=not refused)
    return Comparison(hole, given, clean, corrupted, entries, mask, "missing", problems, refused)


def with_search(comparison: Comparison, recon: Tensor, engine: Engine | None = None) -> Comparison:
    """The comparison with the answer of a latent search, (1, 1, 28, 28), which takes seconds, in its place."""
    engine = engine or get_engine()
    known, name = inpainting.methods(engine), inpainting.SEARCH
    answer = (name, known[name].label, known[name].kind, recon)
    judged = not comparison.refused
    entries = _measured(engine, comparison.clean.x, [answer], comparison.problems, comparison.mask, judged=judged)
    return replace(comparison, methods=sorted([*comparison.methods, *entries], key=lambda e: list(known).index(e.id)))


def compare_upscaling(
    x: Tensor, side: int = 7, methods: Iterable[str] | None = None, engine: Engine | None = None
) -> Comparison:
    """Average one digit to a few large pixels and let every method enlarge these again.

    Args:    x: (1, 1, 28, 28) in [0, 1]; side: pixels a side that are left, one of aecore.restore.upscaling.SIDES;
             methods: keys of CLASSICAL there, or checkpoints that upscale; all unless given.
    Returns: a Comparison, in which `given` is (1, 1, side, side); a network that cannot be loaded is left out and
             stands in `problems`.
    Raises:  ValueError: not one digit, or another side.
    """
    engine = engine or get_engine()
    x_low = upscaling.lower(_one(x), side)

    def enlarge(name: str) -> _Answer:
        label, kind = (CLASSICAL[name].label, "classical") if name in CLASSICAL else _called(engine, name)
        return name, label, kind, upscaling.upscale(engine, name, x_low)

    answers, problems = _asked(upscaling.methods(engine) if methods is None else methods, enlarge)
    first = [_clean(x, "The truth"), _corrupted(upscaling.nearest(x_low))]
    refused = referee.refusal(engine, x)
    clean, corrupted, *entries = _measured(engine, x, [*first, *answers], problems, side=side, judged=not refused)
    damage = Damage("low_resolution", 1 - side / x.shape[-1])
    return Comparison(damage, x_low, clean, corrupted, entries, problems=problems, refused=refused)


def paste_known(recon: Tensor, x_noisy: Tensor, mask: Tensor | None) -> Tensor:
    """The reconstruction only where pixels were removed; all of it where nobody knows which were."""
    return recon if mask is None else torch.where(mask > 0, recon, x_noisy)


def sweep(
    x: Tensor,
    damage: Damage,
    models: Iterable[str],
    classical: Iterable[str],
    paste: bool = False,
    engine: Engine | None = None,
) -> dict[str, list[float]]:
    """PSNR against strength with the same noise: SWEEP's strengths, every method, models in one batch each.

    Args:    as `compare_denoising`; a model that cannot be loaded is left out.
    Returns: "corrupted" and each method's name -> PSNR in dB, one a strength.
    """
    engine = engine or get_engine()
    pairs = [damage.apply(x, strength) for strength in SWEEP]
    x_noisy = torch.cat([picture for picture, _ in pairs])  # (21, 1, 28, 28)
    mask = None if pairs[0][1] is None else torch.cat([removed for _, removed in pairs])
    recons = {"corrupted": x_noisy}
    for name in models:
        try:
            recon = engine.reconstruct(name, x_noisy, mask)
        except AecoreError:
            continue  # the comparison says so
        recons[name] = paste_known(recon, x_noisy, mask) if paste else recon
    for name in classical:
        recons[name] = baselines.restore(name, x_noisy, mask, damage.corruption, torch.tensor(SWEEP))
    return {name: metrics.psnr(x.expand_as(recon), recon).tolist() for name, recon in recons.items()}


def _one(x: Tensor) -> Tensor:
    contract.check_pictures(x)
    if len(x) != 1:
        raise ValueError(f"a comparison is of one digit: use x[:1], not all {len(x)}")
    return x


def _clean(x: Tensor, label: str = "Clean") -> _Answer:
    return "clean", label, "", x


def _corrupted(x: Tensor) -> _Answer:
    return "corrupted", "Corrupted", "", x


def _called(engine: Engine, name: str) -> tuple[str, str]:
    card = engine.card(name)
    return card.title, card.kind


def _asked(
    names: Iterable[str], answer: Callable[[str], _Answer], needs: Callable[[str], str] = str
) -> tuple[list[_Answer], dict[str, str]]:
    """The answers of those methods that can run, and why the others cannot, by the name of what each needs."""
    answers, problems = [], {}
    for name in names:
        try:
            answers.append(answer(name))
        except AecoreError as error:
            problems[needs(name)] = str(error)
    return answers, problems


def _measured(
    engine: Engine,
    x: Tensor,
    answers: list[_Answer],
    problems: dict[str, str],
    mask: Tensor | None = None,
    side: int | None = None,
    judged: bool = True,
) -> list[Entry]:
    """All pictures measured and, if they are to be judged, read in one pass; a judge that cannot be loaded is written
    into `problems`."""
    pictures = torch.cat([picture for *_, picture in answers])  # (M, 1, 28, 28)
    truth, unknown = x.expand_as(pictures), [math.nan] * len(answers)
    missing = unknown if mask is None else metrics.psnr_missing(truth, pictures, mask.expand_as(pictures)).tolist()
    fits = unknown
    if side is not None:
        fits = metrics.psnr(*(upscaling.lower(batch, side) for batch in (truth, pictures))).tolist()
    sure, reads = [0.0] * len(answers), [None] * len(answers)
    try:
        if judged:
            sure, reads = (column.tolist() for column in engine.classify(pictures).max(1))
    except AecoreError as error:
        problems["judge"] = str(error)
    columns = (metrics.psnr(truth, pictures).tolist(), metrics.ssim(truth, pictures).tolist(), reads, sure)
    numbers = zip(*columns, missing, fits, strict=True)
    return [Entry(*answer, *row) for answer, row in zip(answers, numbers, strict=True)]
