"""The Interpolate page's thread of prose, with the numbers of the walk on its stage."""

from dataclasses import dataclass

import torch

from aecore import referee
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import realism
from pages.interpolate.walk import Walk
from ui.output import verdict
from ui.output.verdict import a_digit

SAME = 0.5  # of the usual distance; a smaller lead is none


@dataclass(frozen=True)
class Middle:
    """What stands halfway. far: label of a row -> distance from real digits there, in usual distances; reads: label ->
    the digit that the judge reads; ends: what it reads in A and in B."""

    far: dict[str, float]
    reads: dict[str, int]
    ends: list[int]


def middle(engine: Engine, current: Walk) -> Middle:
    """The few pictures that are told of at once, in one pass. Raises: CheckpointError: there is no judge."""
    half, labels = len(current.t) // 2, [row.label for row in current.rows]
    pictures = [*(row.x[half : half + 1] for row in current.rows), current.a.x, current.b.x]
    x = torch.cat(pictures)  # (rows + 2, 1, 28, 28)
    distance, _ = realism.real_digits(engine).nearest(realism.features_of(engine, x[: len(labels)]))
    reads = engine.classify(x).argmax(1).tolist()
    far = dict(zip(labels, distance.tolist(), strict=True))
    return Middle(far, dict(zip(labels, reads, strict=False)), reads[len(labels) :])


def event(engine: Engine, current: Walk) -> str:
    """What happens halfway, in words; or that an end is no digit. "" where nobody can read."""
    if current.refused:
        return " ".join(verdict.refused(current.refused))
    try:
        now = middle(engine, current)
        rows = [(row.label, now.reads[row.label], now.far[row.label]) for row in current.rows]
        return verdict.halfway(now.ends, rows, referee.limit(engine, referee.distance))
    except AecoreError:
        return ""


def halfway(engine: Engine, current: Walk) -> str:
    """What stands halfway, as pixels and as codes; "" where an end is no digit, or no network is at hand."""
    fade = next((row for row in current.rows if row.z is None), None)
    models = [row for row in current.rows if row.z is not None]
    if current.refused or fade is None or not models:
        return ""
    try:
        now = middle(engine, current)
    except AecoreError:
        return ""
    far, reads = now.far, now.reads
    best = min(models, key=lambda row: far[row.label])
    text = (
        f"Halfway, the cross-fade lies {far[fade.label]:.1f} times as far from real digits as an unseen digit does, "
        f"[[nearest digit|measured]] by the features of the [[judge]], who reads {a_digit(reads[fade.label])} in it. "
        f"The [[code]] halfway of {best.label} decodes to {a_digit(reads[best.label])} at {far[best.label]:.1f}. "
    )
    if far[best.label] > far[fade.label] - SAME:
        return text + "Mixing codes gains nothing here: the two pictures overlap, or the code's way leads astray."
    if reads[best.label] not in now.ends:
        return text + "That is nearer to digits than the mixed drawings are, but it is neither A nor B."
    return text + "Mixing codes and then drawing stays nearer to digits than mixing the drawings."
