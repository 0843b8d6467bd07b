"""The Tangents page's thread of prose, with the numbers of the visitor's digit."""

from aecore.latent.tangents import Measured
from pages.tangents.stage import FURTHEST, MODELS, Around
from ui.output.verdict import a_digit

ALIKE = 0.15  # of a reach; a smaller difference is none


def reaches(now: Around, table: Measured | None) -> str:
    """How far the digit goes along the first direction and along random ones; "" without a judge."""
    if not now.reach or now.reads is None:
        return ""
    first = sum(now.reach[0]) / 2
    random = sum(map(sum, now.reach_random)) / (2 * len(now.reach_random))
    far = f"{first:.1f} steps" + (", as far as we look" if first >= FURTHEST else "")
    text = (
        f"Along the first direction of the {MODELS[now.model]} the [[judge]] reads {a_digit(now.reads)} for {far}; "
        f"along a random one it changes its mind after {random:.1f} on average. "
    )
    if first > (1 + ALIKE) * random:
        text += "So the network has found a way that stays among the digits. "
    elif first < (1 - ALIKE) * random:
        text += "So this is no way to stay a digit: what an encoder feels most may be what it is quickest to lose. "
    else:
        text += "So here the network has found no better way than chance. "
    if table is not None:
        dimensions = f"{table.dimensions['all'].two_nn.value:.0f}"
        text += (
            f"There are few such directions: the [[manifold]] of the test digits has about {dimensions} dimensions, "
            "of 784 ([[intrinsic dimension|how one can tell]])."
        )
    return text
