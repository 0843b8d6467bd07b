"""The Generate page's bets, and its sources."""

import torch

from aecore.engine import Engine
from aecore.latent import realism
from aecore.latent.styles import STYLES, directions, measure
from pages.generate import sections, writer
from pages.generate.controls import MODEL, SEED, TEMPERATURE
from pages.generate.writer import Writing
from ui import serving
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet

ASKED = 2.5  # sd of slant
ENOUGH, MUCH = 0.9, 1.1  # of what was asked for: between them it is obeyed
HOT, DRAWN = 2.0, 500  # temperature, samples
ALIKE = 0.01  # of the samples; a smaller difference is none

SOURCES = (
    "Sources: [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, reparameterisation); "
    "[Sohn et al. 2015](https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-"
    "conditional-generative-models) (conditional VAE); [Kingma et al. 2014](https://arxiv.org/abs/1406.5298) (class "
    "and style, the grid and the analogies); Deepest, season 5 (CVAE on MNIST); "
    "[Larsen et al. 2016](https://arxiv.org/abs/1512.09300) (attribute directions)."
)


def obeyed(engine: Engine) -> Answer:
    """How much of a slant that is asked for the digits get."""
    plain = Writing("cvae", writer.FIRST, seed=writer.SEED)
    slanted = Writing("cvae", writer.FIRST, amounts={"slant": ASKED}, seed=writer.SEED)
    y = torch.tensor(sorted({int(digit) for digit in writer.FIRST}))
    plainly, leaning = (
        float(measure(engine.decode("cvae", one.z(engine).repeat(len(y), 1), y))[:, 0].mean())
        for one in (plain, slanted)
    )
    asked, got = ASKED * float(directions(engine, "cvae").sd[0]), leaning - plainly
    option = 0 if got > MUCH * asked else 1 if got >= ENOUGH * asked else 2
    return Answer(
        option, f"You asked for {asked:.0f}° more, and they lean {got:.0f}° more: far out a decoder is timid."
    )


def falls_apart(engine: Engine) -> Answer:
    """Whose digits the judge reads less often as asked, far from the prior's middle."""
    y = torch.arange(DRAWN) % 10
    agreed = []
    for name in ("cvae-2", "cvae"):
        dim = engine.card(name).config["latent_dim"]
        z = HOT * torch.randn(DRAWN, dim, generator=torch.Generator().manual_seed(0))
        agreed.append(float((engine.classify(engine.decode(name, z, y)).argmax(1) == y).float().mean()))
    two, more = agreed
    option = 2 if abs(two - more) < ALIKE else int(more < two)
    sentence = f"The judge reads {100 * two:.0f}% as asked with two numbers, {100 * more:.0f}% with sixteen."
    return Answer(option, sentence)


def near_digits(engine: Engine) -> Answer:
    """How many random codes of a plain autoencoder decode to something as near to real digits as real digits are."""
    real, shares = realism.real_digits(engine), []
    for name in ("ae-conv", "vae"):
        dim = engine.card(name).config["latent_dim"]
        z = torch.randn(DRAWN, dim, generator=torch.Generator().manual_seed(0))
        distance, _ = real.nearest(realism.features_of(engine, engine.decode(name, z)))
        shares.append(float((distance <= real.range[1]).float().mean()))
    plain, vae = shares
    sentence = (
        f"{100 * plain:.0f}% lie as near to real digits as 95% of unseen digits do; of a VAE's it is {100 * vae:.0f}%."
    )
    return Answer(0 if plain > 0.6 else 1 if plain > 0.2 else 2, sentence)


def _set(settings: dict, number: str = writer.FIRST, amounts: dict[str, float] | None = None) -> None:
    set_controls({TEMPERATURE: 1.0, SEED: writer.SEED} | settings)
    model = settings.get(MODEL, "cvae-2")
    writer.keep(Writing(model, number, None, {name: (amounts or {}).get(name, 0.0) for name in STYLES}))


BETS = (
    Bet(
        "Ask the 16-number code for 30° more slant. How much do the digits get?",
        ("More than that", "About that", "Clearly less"),
        lambda: _set({MODEL: "cvae"}, amounts={"slant": ASKED}),
        lambda results: obeyed(serving.engine()),
        "generate_writer",
    ),
    Bet(
        "Draw styles far out, at temperature 2. Whose digits fall apart first?",
        ("The code of 2 numbers", "The code of 16", "Both alike"),
        lambda: _set({MODEL: "cvae-2", TEMPERATURE: HOT, sections.CHOSEN: "Temperature"}, "0123456789"),
        lambda results: falls_apart(serving.engine()),
        "generate_writer",
    ),
    Bet(
        "Random codes through a plain autoencoder: how many come out as digits?",
        ("Most", "About a third", "Hardly any"),
        lambda: _set({sections.CHOSEN: "Why a prior"}),
        lambda results: near_digits(serving.engine()),
        "generate_priors",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("generate", BETS, lambda: None, SOURCES)
