"""The Regularise page's thread of prose, with the numbers of the visitor's digit."""

from torch import Tensor

from aecore import metrics
from aecore.engine import Engine
from aecore.features.measures import active_units
from pages.regularise.wall import NAMES
from ui import serving

FREE, PRICED, SHY = "wide", "wide-sparse", "wide-noise"
SAME = 0.5  # dB; a smaller difference is none


def lit(engine: Engine, x: Tensor) -> str:
    """How many units the digit lights where they are free and where each one costs, and how well it comes back; ""
    where one of these networks is missing. x: (1, 1, 28, 28)."""
    if not {FREE, PRICED, SHY} <= set(serving.available(engine, *NAMES)):
        return ""
    active = {name: int(active_units(engine.encode(name, x))) for name in (FREE, PRICED)}
    psnr = {name: float(metrics.psnr(x, engine.reconstruct(name, x))) for name in (FREE, PRICED, SHY)}
    gain = psnr[PRICED] - psnr[FREE]
    cost = "as well" if abs(gain) < SAME else "even better" if gain > 0 else "not quite as well"
    noise = "pays for it" if psnr[SHY] < psnr[FREE] - SAME else "loses nothing"
    return (
        f"Without a rule, this digit lights {active[FREE]} of 500 units and comes back at {psnr[FREE]:.1f} dB "
        f"([[PSNR]]). Where every [[active unit]] has its price, {active[PRICED]} units draw it {cost}, at "
        f"{psnr[PRICED]:.1f} dB. The network that learned to fill in missing pixels {noise} on a clean digit: "
        f"{psnr[SHY]:.1f} dB."
    )
