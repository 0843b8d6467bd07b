"""The latent map's thread of prose, with the numbers of the visitor's digit."""

import math

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.maps import shipped
from pages.latent_map.board import FIRST
from ui.input.digit import Chosen

RING = 2.0  # standard deviations


def lies(engine: Engine, digit: Chosen) -> str:
    """Where a digit's code lies, seen from the prior; "" where the maps are not at hand."""
    try:
        plain, vae = (float((shipped.load(name).coordinates.norm(dim=1) < RING).float().mean()) for name in FIRST)
        (z,), (mu,) = engine.encode("ae-2-bce", digit.x), engine.posterior("vae-2", digit.x)[0]
    except AecoreError:
        return ""
    far = float(mu.norm())
    farther = math.exp(-(far**2) / 2)
    return (
        f"{digit.name} has the [[code]] ({_two(mu)}) on the VAE's map, {far:.1f} from the middle; "
        f"{100 * farther:.0f}% of the [[prior]] N(0, I) lies farther out. On the autoencoder's it has ({_two(z)}), "
        f"and nobody said where that should be. So {100 * vae:.0f}% of all the VAE's codes lie inside the ring, where "
        f"the prior has {100 * (1 - math.exp(-(RING**2) / 2)):.0f}%, and {100 * plain:.0f}% of the autoencoder's."
    )


def _two(z) -> str:
    return ", ".join(f"{value:.2f}" for value in z.tolist()).replace("-", "−")
