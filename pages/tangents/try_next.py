"""Try next: chips that set the Tangents page's controls to something worth seeing, and the page's sources."""

from pages.tangents import stage
from ui.output import try_next

TRY = (  # name, question, network, direction, distance, place of the page
    ("slide", ":material/swipe: Twice as far along the first direction: still your digit?", "ae-conv", 0, 8.0, "stage"),
    ("contractive", ":material/compress: What does a contractive encoder feel?", "wide-contractive", 0, 3.0, "stage"),
    ("slots", ":material/casino: Can chance draw a digit?", "ae-conv", 0, 4.0, "slots"),
)
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (manifolds); “Autoencoders (AEs)”, lecture slides (manifold hypothesis, "
    "tangent planes, patches); Rifai et al. 2011, “The manifold tangent classifier” (tangents of a contractive "
    "autoencoder); [Facco et al. 2017](https://doi.org/10.1038/s41598-017-11873-y) (TwoNN); Levina & "
    "Bickel 2004 (maximum likelihood); Lee, Pedersen & Mumford 2003 and Carlsson et al. 2008 (3 x 3 patches and the "
    "Klein bottle). The photographs come with scikit-image."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show(
        "tangents",
        [(name, question, (model, direction, far, place)) for name, question, model, direction, far, place in TRY],
        _set,
        SOURCES,
    )


def _set(model: str, direction: int, far: float, place: str) -> None:
    try_next.lead("tangents", place)
    try_next.set_controls({stage.MODEL: model})
    stage.set_place(direction, far)
