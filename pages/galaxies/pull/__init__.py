"""The directions in which codes of galaxies differ most, as sliders."""

from aecore.data.galaxies import galaxies
from aecore.galaxies import table
from aecore.galaxies.directions import directions
from aecore.galaxies.table import Measured
from pages.galaxies.stage import floats, kinds, names_of_networks, sky_address
from ui.component import component

KEY = "galaxies_pull_view"
SURE = 0.35  # |r| from which a direction is named after a property
WORDS = {  # property -> what a direction is called that goes with it, or against it
    "brightness": ("Brighter", "Darker"),
    "size": ("Larger", "Smaller"),
    "redness": ("Redder", "Bluer"),
    "elongation": ("Longer", "Rounder"),
    "concentration": ("More concentrated", "More spread out"),
    "upright": ("More upright", "Flatter"),
    "lean": ("Leans left", "Leans right"),
}

_PULL = component("pages/galaxies/pull/pull", styles=("ui/output/galaxy",))


def show(measured: Measured) -> None:
    """The sliders. Raises: DataError, CheckpointError."""
    axes = directions(table.load_sky()["codes"][: len(galaxies("train"))])
    data = {
        "mean": floats(axes.mean),
        "axes": floats(axes.axes),
        "spread": [float(value) for value in axes.spread],
        "labels": [label(r, share) for r, share in zip(measured.correlations, measured.share, strict=True)],
        "kinds": kinds(),
        "networks": names_of_networks(),
        "sky": sky_address(),
    }
    _PULL(key=KEY, data=data, height="content")


def label(r: dict[str, float], share: float) -> dict[str, str]:
    """What a direction is called: after the property that goes with it most, if any does."""
    name = max(r, key=lambda key: abs(r[key]))
    note = f"{100 * share:.0f}% of the variance"
    if abs(r[name]) < SURE:
        return {"title": "No simple name", "note": note}
    return {"title": WORDS[name][int(r[name] < 0)], "note": f"r = {abs(r[name]):.2f}, {note}"}
