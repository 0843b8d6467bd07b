"""Second on the front door: the same drawing in noise, and out of it again."""

import torch

from aecore import corruptions, referee
from aecore.engine import Engine
from ui import messages
from ui.input.digit import DRAWING, PAD, Chosen
from ui.live.networks import reference, runnable
from ui.output import verdict
from ui.output.strip import Group, Live, Tile, message, strip
from ui.serving import available
from ui.theme import kind_color

DENOISERS = ("dae", "dae-tanh-500")  # the first that is there restores the noisy digit
NOISE = 0.5  # sd


def show(engine: Engine, digit: Chosen, answers: str = "") -> None:
    """Draw the strip of the front page; answers: the address that has the `shown` of another drawing."""
    names = networks(engine)
    if not names:
        messages.missing({"models": "No trained model is here yet. Train one with: python -m aecore train dae"})
    follow = None
    if digit.seq is not None:
        live = {name: (reference(name)["sha256"], "noisy") for name in runnable(names)}
        follow = Live(PAD, digit.seq, DRAWING, _noise(digit.x), "noisy", live, answers=answers)
    strip(shown(engine, digit), "home_strip", small=True, live=follow)


def _noise(x: torch.Tensor) -> corruptions.Realization:
    return corruptions.draw("gaussian", x, NOISE, torch.Generator().manual_seed(7))


def shown(engine: Engine, digit: Chosen) -> dict:
    """The strip's message: noise and back."""
    x_noisy, _ = _noise(digit.x).apply(digit.x)
    lead = [Tile("clean", digit.name, digit.x), Tile("noisy", "With noise", x_noisy)]
    sentence = None
    for name in networks(engine):
        recon, card = engine.reconstruct(name, x_noisy), engine.card(name)
        lead.append(Tile(name, "Denoised", recon, color=kind_color(card.kind), help=card.title))
        why = referee.refusal(engine, digit.x)
        sentence = verdict.refused(why) if why else verdict.noise(*referee.read(engine, digit.x, recon), digit.own)
    return message([Group("", lead)], sentence)


def networks(engine: Engine) -> list[str]:
    """The model that `show` uses."""
    return available(engine, *DENOISERS)[:1]
