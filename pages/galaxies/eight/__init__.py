"""Eight originals over eight reconstructions, by the small network and by the review's wide one."""

from aecore.galaxies.table import NETWORK, SMALL, WIDE, Measured
from pages.galaxies.stage import numbers, sky_address
from ui.component import component
from ui.live import networks

KEY = "galaxies_eight_view"

_EIGHT = component("pages/galaxies/eight/eight", styles=("ui/output/galaxy",))


def show(measured: Measured) -> None:
    """The rows. Raises: DataError, CheckpointError."""
    rows = {"original": {"title": "Original", "note": "49,152 numbers each, unseen in training"}}
    for key, way, title in (("small", SMALL, "Small network"), ("wide", WIDE, "The review's wide one")):
        rows[key] = {"title": title, "note": f"{measured.rows[way].parameters / 1e6:.1f} million weights"}
    data = {
        "ids": [numbers()[name] for name in measured.review.names],
        "wide": measured.review.pictures,
        "rows": rows,
        "network": networks.reference(NETWORK)["sha256"],
        "sky": sky_address(),
    }
    _EIGHT(key=KEY, data=data, height="content")
