"""The Interpolate page's thread of prose, with the numbers of the walk on its stage."""

import torch

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import realism
from pages.interpolate.walk import Walk
from ui.output.verdict import a_digit

SAME = 0.5  # of the usual distance; a smaller lead is none


def halfway(engine: Engine, current: Walk) -> str:
    """What stands halfway, as pixels and as codes; "" where an end is no digit, or no network is at hand."""
    fade = next((row for row in current.rows if row.z is None), None)
    models = [row for row in current.rows if row.z is not None]
    if current.refused or fade is None or not models:
        return ""
    try:
        real = realism.real_digits(engine)
        half = len(current.t) // 2
        far, reads = {}, {}
        for row in (fade, *models):
            x = row.x[half : half + 1]
            far[row.label] = float(real.nearest(realism.features_of(engine, x))[0])
            reads[row.label] = int(engine.classify(x).argmax())
    except AecoreError:
        return ""
    best = min(models, key=lambda row: far[row.label])
    text = (
        f"Halfway, the cross-fade lies {far[fade.label]:.1f} times as far from real digits as an unseen digit does, "
        f"[[nearest digit|measured]] by the features of the [[judge]], who reads {a_digit(reads[fade.label])} in it. "
        f"The [[code]] halfway of {best.label} decodes to {a_digit(reads[best.label])} at {far[best.label]:.1f}. "
    )
    if far[best.label] > far[fade.label] - SAME:
        return text + "Mixing codes gains nothing here: the two pictures overlap, or the code's way leads astray."
    ends = engine.classify(torch.cat([current.a.x, current.b.x])).argmax(1).tolist()
    if reads[best.label] not in ends:
        return text + "That is nearer to digits than the mixed drawings are, but it is neither A nor B."
    return text + "Mixing codes and then drawing stays nearer to digits than mixing the drawings."
