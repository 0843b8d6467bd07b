"""The Interpolate page's bets, and its sources."""

import torch

from aecore.engine import Engine
from aecore.latent import realism
from aecore.latent.paths import PATHS
from pages.interpolate import controls, walk
from pages.interpolate.state import state
from pages.interpolate.walk import FIRST_ROWS, LABELS, Walk
from ui import serving
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet

FINE = 41  # steps that are counted
STRAYS = ("pixels", "ae-conv", "vae-2")  # whom one may bet on
SAME = 1.0  # nats; a smaller difference is none

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (interpolation in pixel and in latent space); "
    "[White 2016](https://arxiv.org/abs/1609.04468) (spherical paths); "
    "[Larsen et al. 2016](https://arxiv.org/abs/1512.09300) (average differences of codes); "
    "[Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, ELBO); "
    "[Vincent et al. 2008](https://doi.org/10.1145/1390156.1390294) (denoiser); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST)."
)


def passes(engine: Engine, current: Walk) -> Answer | None:
    """How many digits the judge reads on VAE-2's way."""
    fine = walk.walk(engine, current.a, current.b, current.path, FINE, ["vae-2"])
    if not fine.rows:
        return None
    reads = engine.classify(fine.rows[0].x).argmax(1).unique_consecutive().tolist()
    different = len(set(reads))
    sentence = f"The judge reads {', '.join(map(str, reads))}: a map of two numbers leaves no way round other digits."
    return Answer(0 if different <= 2 else 1 if different <= 4 else 2, sentence)


def strays(engine: Engine, current: Walk) -> Answer | None:
    """Whose way leads farthest from real digits."""
    fine = walk.walk(engine, current.a, current.b, current.path, FINE, STRAYS)
    if len(fine.rows) < len(STRAYS):
        return None
    real = realism.real_digits(engine)
    far = [float(real.nearest(realism.features_of(engine, row.x))[0].max()) for row in fine.rows]
    told = [f"{row.label} {distance:.1f}" for row, distance in zip(fine.rows, far, strict=True)]
    return Answer(far.index(max(far)), f"Farthest from real digits, in usual distances: {', '.join(told)}.")


def likelier(engine: Engine, current: Walk) -> Answer | None:
    """Which path's middle the VAE finds likelier."""
    halves = {}
    for path in PATHS:
        middle = walk.walk(engine, current.a, current.b, path, 3, ["vae"])
        if not middle.rows:
            return None
        x = middle.rows[0].x[1:2]
        halves[path] = float(realism.negative_elbo(engine, "vae", x, 8, torch.Generator().manual_seed(0)))
    straight, sphere = halves["linear"], halves["spherical"]
    option = 2 if abs(straight - sphere) < SAME else int(sphere < straight)
    sentence = f"Halfway the straight way costs {straight:.0f} nats, the sphere {sphere:.0f}; lower is likelier."
    return Answer(option, sentence)


def _set(ends: tuple[int, int], path: str = "linear", measure: str = "distance") -> None:
    controls.set_ends(*ends)
    controls.keep_place(controls.MIDDLE)
    rows = list(FIRST_ROWS)
    set_controls({"interpolate_path": path, "interpolate_measure": measure, "interpolate_rows": rows})


BETS = (
    Bet(
        "A 2 becomes a 7 through a code of two numbers. How many different digits appear on the way?",
        ("Two", "Three or four", "Five or more"),
        lambda: _set((35, 70)),
        lambda results: passes(serving.engine(), results.walk),
        "interpolate_walk_view",
    ),
    Bet(
        "A 7 becomes a 3. Whose path strays farthest from real digits?",
        tuple(LABELS[name] for name in STRAYS),
        lambda: _set((60, 216)),
        lambda results: strays(serving.engine(), results.walk),
        "interpolate_walk_view",
    ),
    Bet(
        "Halfway from this 2 to this 7 in VAE-32: which way passes the likelier picture?",
        ("Straight", "Round the sphere", "No difference"),
        lambda: _set((35, 70), "spherical", "surprise"),
        lambda results: likelier(serving.engine(), results.walk),
        "interpolate_walk_view",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("interpolate", BETS, state, SOURCES)
