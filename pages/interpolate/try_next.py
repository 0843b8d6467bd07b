"""Try next: chips that set the Interpolate page's controls to something worth seeing, and the page's sources."""

from pages.interpolate import controls
from pages.interpolate.transformations import WALKS
from ui.output import try_next

# question, where the answer is seen ("walk" or "more"), test digits for A and B, settings
TRY = (
    (
        ":material/linear_scale: 3 to 8: where does the judge waver?",
        "walk",
        (216, 429),
        {"path": "linear", "measure": "confidence"},
    ),
    (
        ":material/call_split: 1 to 7: is the sphere likelier?",
        "walk",
        (357, 60),
        {"path": "spherical", "measure": "surprise"},
    ),
    (
        ":material/rotate_right: Turn a 7 by its code alone: how far?",
        "more",
        (60, 216),
        {"more": WALKS[0], "transform": "rotation"},
    ),
)

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (interpolation in pixel and in latent space); "
    "[White 2016](https://arxiv.org/abs/1609.04468) (spherical paths); "
    "[Larsen et al. 2016](https://arxiv.org/abs/1512.09300) (average differences of codes); "
    "[Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, ELBO); "
    "[Vincent et al. 2008](https://doi.org/10.1145/1390156.1390294) (denoiser); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST)."
)


def show() -> None:
    """Three chips and one line of sources."""
    named = [(str(place), question, rest) for place, (question, *rest) in enumerate(TRY)]
    try_next.show("interpolate", named, _set, SOURCES)


def _set(where: str, ends: tuple[int, int], settings: dict[str, str]) -> None:
    try_next.lead("interpolate", where)
    controls.set_ends(*ends)
    try_next.set_controls({f"interpolate_{name}": value for name, value in settings.items()})
