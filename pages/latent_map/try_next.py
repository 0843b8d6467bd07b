"""The latent map's bets, and its sources."""

import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.maps import shipped
from pages.latent_map.board import FIRST, HIDDEN, VIEW
from ui import serving, url
from ui.input.digit import all_test_digits
from ui.output.try_next import set_controls
from ui.output.verdict import a_digit
from ui.teach import bets
from ui.teach.bets import Answer, Bet

SURE = 0.9  # from here on the judge accepts a digit
DRAWN = 400  # codes
NEIGHBOURS = 10
RIVALS = ("vae-2", "pca", "umap")  # who keeps 4s and 9s apart?

SOURCES = (
    "Sources: [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, reparameterisation); Deepest, season 5 "
    "(AE against VAE on 500 digits); slides “Autoencoders (AEs)” (PCA, MDS, the manifold); "
    "[McInnes et al. 2018](https://arxiv.org/abs/1802.03426) (UMAP); "
    "[van der Maaten & Hinton 2008](https://jmlr.org/papers/v9/vandermaaten08a.html) (t-SNE); "
    "[Venna & Kaski 2001](https://doi.org/10.1007/3-540-44668-0_68) (trustworthiness, continuity)."
)


def sampled(engine: Engine) -> Answer:
    """How many codes drawn from the prior decode to a digit that the judge accepts."""
    z = torch.randn(DRAWN, 2, generator=torch.Generator().manual_seed(0))
    plain, vae = (float((engine.classify(engine.decode(name, z)).amax(1) >= SURE).float().mean()) for name in FIRST)
    sentence = (
        f"The judge is at least {100 * SURE:.0f}% sure of {100 * vae:.0f}% of {DRAWN} such digits. The same codes "
        f"through the autoencoder: {100 * plain:.0f}%."
    )
    return Answer(0 if vae >= SURE else 1 if vae >= 0.5 else 2, sentence)


def likeliest(engine: Engine) -> Answer:
    """What the code (0, 0) decodes to."""
    sure, reads = engine.classify(engine.decode("vae-2", torch.zeros(1, 2)))[0].max(0)
    text = f"The judge reads {a_digit(int(reads))} in it and is {100 * float(sure):.0f}% sure"
    clear = float(sure) >= SURE
    return Answer(int(not clear), text + ("." if clear else ": the middle of this map lies between classes."))


def kept_apart(coordinates: Tensor, labels: Tensor) -> float:
    """Share of points (N, 2) of which most of the nearest neighbours have their own label (N,)."""
    distance = torch.cdist(coordinates, coordinates).fill_diagonal_(torch.inf)
    nearest = labels[distance.topk(NEIGHBOURS, largest=False).indices]  # (N, NEIGHBOURS)
    return float(((nearest == labels[:, None]).float().mean(1) > 0.5).float().mean())


def four_or_nine() -> Answer:
    """Which map keeps 4s and 9s apart best."""
    labels = all_test_digits()[1]
    both = (labels == 4) | (labels == 9)
    shares = [kept_apart(shipped.load(name).coordinates[both], labels[both]) for name in RIVALS]
    told = [f"{100 * share:.0f}% on {shipped.RECIPES[name].title}" for name, share in zip(RIVALS, shares, strict=True)]
    sentence = f"So many have mostly their own kind among their {NEIGHBOURS} neighbours: {', '.join(told)}."
    return Answer(shares.index(max(shares)), sentence)


def _set(maps: tuple[str, ...], grid: bool, view: str = "", hidden: str = "") -> None:
    set_controls({"map_panels": list(maps), "map_count": 10_000, "map_grid": grid})
    url.put({HIDDEN: hidden or None, VIEW: view or None})


BETS = (
    Bet(
        "Draw random codes from the VAE's prior. How many decode to a clear digit?",
        ("Nearly all", "More than half", "Fewer than half"),
        lambda: _set(FIRST, True),
        lambda results: sampled(serving.engine()),
        "map_panels_board",
    ),
    Bet(
        "The code (0, 0) is the likeliest of all. What does the VAE make of it?",
        ("A clear digit", "Something between digits"),
        lambda: _set(FIRST, False, "pin-vae-2:0,0"),
        lambda results: likeliest(serving.engine()),
        "map_panels_board",
    ),
    Bet(
        "Which map keeps the 4s apart from the 9s best?",
        ("The VAE", "PCA", "UMAP"),
        lambda: _set(RIVALS, False, hidden="01235678"),
        lambda results: four_or_nine(),
        "map_panels_board",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("latent_map", BETS, lambda: None, SOURCES)
