"""The front door's stage: one drawing, restored from noise and rebuilt from shorter and shorter codes."""

import torch

from aecore import corruptions, metrics
from aecore.engine import Engine
from ui import messages
from ui.input.digit import DRAWING, PAD, Chosen
from ui.live.networks import reference, runnable
from ui.output.strip import Group, Live, Tile, message, strip
from ui.output.verdict import a_digit
from ui.serving import available
from ui.theme import kind_color

DENOISERS = ("dae", "dae-tanh-500")  # the first that is there restores the noisy digit
CODES = ("ae-conv", "ae-linear-32", "vae-nyu", "vae-2", "ae-2")  # the first three rebuild the clean one
NOISE = 0.5  # sd
TITLE = "784 pixels, rebuilt from a code of only …"


def show(engine: Engine, digit: Chosen, answers: str = "") -> None:
    """Draw the strip of the front page; answers: the address that has the `shown` of another drawing."""
    made = shown(engine, digit)
    ids = [tile["id"] for group in made["groups"] for tile in group["tiles"]]
    if len(ids) == 2:  # the digit and its noisy copy
        messages.missing({"models": "No trained model is here yet. Train one with: python -m aecore train ae-conv"})
    follow = None
    if digit.seq is not None:
        sources = {name: "noisy" if name in DENOISERS else "clean" for name in runnable(ids)}
        networks = {name: (reference(name)["sha256"], of) for name, of in sources.items()}
        follow = Live(PAD, digit.seq, DRAWING, _noise(digit.x), "noisy", networks, answers=answers)
    strip(made, "home_strip", roomy=True, live=follow)


def _noise(x: torch.Tensor) -> corruptions.Realization:
    return corruptions.draw("gaussian", x, NOISE, torch.Generator().manual_seed(7))


def shown(engine: Engine, digit: Chosen) -> dict:
    """The strip's message: noise and back, then three codes."""
    x_noisy, _ = _noise(digit.x).apply(digit.x)
    lead = [Tile("clean", digit.name, digit.x), _tile("noisy", "With noise", digit.x, x_noisy)]
    sentence = None
    for name in available(engine, *DENOISERS)[:1]:
        recon, card = engine.reconstruct(name, x_noisy), engine.card(name)
        lead.append(_tile(name, "Denoised", digit.x, recon, kind_color(card.kind), card.title))
        sentence = _sentence(engine, digit, x_noisy, recon)
    codes = []
    for name in _three(engine):
        card = engine.card(name)
        label = f"{card.config['latent_dim']} numbers"
        recon = engine.reconstruct(name, digit.x)
        codes.append(_tile(name, label, digit.x, recon, kind_color(card.kind), card.title))
    groups = [Group("", lead)]
    if codes:
        groups.append(Group("Your 784 pixels, rebuilt from a code of only …" if digit.own else TITLE, codes))
    return message(groups, sentence)


def networks(engine: Engine) -> list[str]:
    """The models that `show` uses, in order."""
    return [*available(engine, *DENOISERS)[:1], *_three(engine)]


def _sentence(engine: Engine, digit: Chosen, x_noisy: torch.Tensor, recon: torch.Tensor) -> tuple[str, str] | None:
    """Did the denoiser find the digit again? As the judge reads it; None without a judge."""
    if not available(engine, "judge"):
        return None
    truth, noisy, after = engine.classify(torch.cat([digit.x, x_noisy, recon])).argmax(1).tolist()
    whose = "your" if digit.own else "the"
    gain = float(metrics.psnr(digit.x, recon) - metrics.psnr(digit.x, x_noisy))
    body = (
        "It never saw this digit: tens of thousands of others taught it what strokes look like. "
        f"The picture gains {gain:.1f} dB, and your next stroke changes it at once."
    )
    if after != truth:
        return f"Too much noise: the denoiser sees {a_digit(after)}, not {a_digit(truth)}.", body
    if noisy != truth:
        return f"Noise hides {whose} {truth}. The denoiser finds it.", body
    return f"The denoiser cleans {whose} {truth}.", body


def _three(engine: Engine) -> list[str]:
    """Three models with codes of different length, longest first."""
    by_length: dict[int, str] = {}
    for name in available(engine, *CODES):
        by_length.setdefault(engine.card(name).config["latent_dim"], name)
    return [by_length[length] for length in sorted(by_length, reverse=True)][:3]


def _tile(id_: str, label: str, x: torch.Tensor, recon: torch.Tensor, color: str = "", title: str = "") -> Tile:
    psnr, ssim = float(metrics.psnr(x, recon)), float(metrics.ssim(x, recon))
    return Tile(id_, label, recon, color=color, psnr=psnr, ssim=ssim, help=title)
