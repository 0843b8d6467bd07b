"""Try next: chips that set the Inpaint page's controls to something worth seeing, and the page's sources."""

from pages.inpaint import mask_pad
from ui.output import try_next

# question, where the answer is seen, center of the patch or None, settings
TRY = (
    (
        ":material/call_split: Cover the top of a 4. Is it a 9?",
        "search",
        None,
        {"source": "example", "digit": 6, "kind": "half", "half": 0.6, "side": "top"},
    ),
    (
        ":material/blur_circular: Drop half of the pixels. Do neighbours suffice?",
        "board",
        None,
        {"source": "example", "digit": 0, "kind": "dropout", "dropout": 0.5},
    ),
    (
        ":material/crop_square: A patch on an 8. Does a smooth fill close it?",
        "board",
        (0.5, 0.5),
        {"source": "example", "digit": 110, "kind": "patch", "patch": 0.43},
    ),
)

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (a grey patch leaves the manifold, the answer is its closest point, found by "
    "minimising an energy); [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE); "
    "[Yeh et al. 2017](https://arxiv.org/abs/1607.07539) (search in a latent space); "
    "[Telea 2004](https://doi.org/10.1080/10867651.2004.10487596); "
    "[Bertalmio et al. 2001](https://doi.org/10.1109/CVPR.2001.990497) (Navier-Stokes); "
    "[Damelin & Hoang 2018](https://doi.org/10.1155/2018/3950312) (biharmonic); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST)."
)


def show() -> None:
    """Three chips and one line of sources."""
    named = [(settings["kind"], question, (*rest, settings)) for question, *rest, settings in TRY]
    try_next.show("inpaint", named, _set, SOURCES)


def _set(where: str, center: tuple[float, float] | None, settings: dict) -> None:
    try_next.lead("inpaint", where)
    if center is not None:
        mask_pad.set_center(center)
    try_next.set_controls({f"inpaint_{name}": value for name, value in settings.items()})
