"""Try next: chips that set the Photos page's controls to something worth seeing, and the page's sources."""

from pages.photos import controls, digits
from pages.photos.mode import MODE, MODES
from ui import url
from ui.output import try_next

_PICTURE = {MODE: MODES[0], controls.SOURCE: "example"}
TRY = (
    (
        "grain",
        ":material/coffee: Total variation on wood: where did the grain go?",
        {**_PICTURE, controls.PICTURE: "coffee", controls.SIGMA: 30, controls.METHOD: "total_variation"},
        "510,330",
    ),
    (
        "nothing",
        ":material/pets: Almost no noise: does the network still help?",
        {**_PICTURE, controls.PICTURE: "chelsea", controls.SIGMA: 2, controls.METHOD: controls.NETWORK},
        "",
    ),
    (
        "page",
        ":material/grid_on: A page of specks: is it read better after?",
        {
            MODE: MODES[1],
            digits.SOURCE: "example",
            digits.DAMAGE: "salt_pepper",
            digits.STRENGTH: 0.35,
            digits.BOXES: True,
            digits.MODEL: digits.FIRST_MODEL,
        },
        "",
    ),
)

SOURCES = (
    "Sources: [Zhang et al. 2017](https://arxiv.org/abs/1608.03981) (DnCNN: learn the noise, not the picture); "
    "[Zhang et al. 2018](https://arxiv.org/abs/1710.04026) (FFDNet: work at half size); "
    "[Buades, Coll & Morel 2005](https://doi.org/10.1109/CVPR.2005.38) (non-local means); "
    "[Rudin, Osher & Fatemi 1992](https://doi.org/10.1016/0167-2789(92)90242-F) (total variation); pictures from "
    "[scikit-image](https://scikit-image.org) and [scikit-learn](https://scikit-learn.org)."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show("photos", [(name, question, rest) for name, question, *rest in TRY], _set, SOURCES)


def _set(settings: dict, spot: str) -> None:
    try_next.lead("photos")
    url.put({controls.SPOT: spot or None})
    try_next.set_controls(settings)
