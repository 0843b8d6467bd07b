"""Turning as a walk whose truth is known."""

from aecore.galaxies.table import NETWORK, Measured
from pages.galaxies.stage import numbers, sky_address
from ui.component import component
from ui.live import networks

KEY = "galaxies_turn_view"
SPANS = (30, 90, 180)
FIRST = "sdss-dr7-588023240743780567"
KINDS = (0, 2, 3)  # whose turning one sees: a round elliptical looks the same

_TURN = component("pages/galaxies/turn/turn", styles=("ui/output/galaxy",))


def show(measured: Measured) -> None:
    """The turned galaxy and its walks. Raises: DataError, CheckpointError."""
    data = {
        "spans": list(SPANS),
        "first": numbers()[FIRST],
        "kinds": list(KINDS),
        "measured": {str(span): told(measured, span) for span in SPANS},
        "network": networks.reference(NETWORK)["sha256"],
        "sky": sky_address(),
    }
    _TURN(key=KEY, data=data, height="content")


def told(measured: Measured, span: int) -> str:
    """What all test galaxies say of a span, halfway."""
    one = measured.turns[str(span)]
    code, fade, known = (f"{1e4 * value:.1f} ± {1e4 * half:.1f}" for value, half in (one.code, one.fade, one.known))
    return (
        f"Halfway through {span}°, 188 unseen galaxies: code {code}, fade {fade}; "
        f"the truth itself through the network {known} (× 10⁻⁴, lower is better)."
    )
