"""How the generators are trained: one body and one budget for four games, and knobs with which one collapses."""

from dataclasses import replace

from aecore.recipe import Recipe

BUDGET = {
    "epochs": 24,
    "batch": 128,
    "lr": 1e-3,
    "ema": 0.999,
    "validation": 0,  # no loss says how good the digits are
    "half": True,
    "measures": ("generated",),
}

GANS = {
    "gan": Recipe(
        title="GAN",
        summary="A generator of digits from 32 random numbers; its loss is a critic that learns along with it.",
        family="gan",
        **BUDGET,
    ),
    "acgan": Recipe(
        title="ACGAN",
        summary="The same generator, told the class; its critic also reads the class of what it sees.",
        family="acgan",
        **BUDGET,
    ),
    "wgan-gp": Recipe(
        title="WGAN-GP",
        summary="The same generator; its critic's scores measure a distance, and its slope is held near 1.",
        family="gan",
        config={"game": "wgan-gp", "strength": 10.0},
        **BUDGET,
    ),
    "wgan-div": Recipe(
        title="WGAN-div",
        summary="The same generator; its critic's scores measure a divergence, and steep slopes cost most.",
        family="gan",
        config={"game": "wgan-div", "strength": 2.0, "power": 6.0},
        **BUDGET,
    ),
}

# The generator takes five steps to the critic's one, at 25 times its rate: it runs to whatever the critic likes now.
_UNFAIR = {"critic_lr": 2e-4, "beta1": 0.9, "beta2": 0.999, "generator_steps": 5}
_SHORT = {"epochs": 2, "ema": 0.0, "schedule": "constant"}
_MINIMAX, _DIV = {"game": "minimax"}, GANS["wgan-div"].config
COLLAPSING = {  # two games, each with both sets of knobs: which of the two matters?
    "minimax, unfair": replace(GANS["gan"], config={**_UNFAIR, **_MINIMAX}, lr=5e-3, **_SHORT),
    "wgan-div, unfair": replace(GANS["wgan-div"], config={**_UNFAIR, **_DIV}, lr=5e-3, **_SHORT),
    "minimax, fair": replace(GANS["gan"], config=_MINIMAX, **_SHORT),
    "wgan-div, fair": replace(GANS["wgan-div"], **_SHORT),
}
