"""Try next on the latent map: chips that set its controls to something worth seeing, and the page's sources."""

from pages.latent_map.board import FIRST, HIDDEN
from ui import url
from ui.output import try_next

TRY = (
    (
        "holes",
        ":material/grid_on: A grid behind 500: what fills the gaps?",
        {"map_panels": ["ae-2-bce", "vae-2"], "map_count": 500, "map_grid": True},
        "",
    ),
    (
        "prior",
        ":material/blur_circular: 500 digits, AE and VAE: where to sample?",
        {"map_panels": ["ae-2-bce", "vae-2"], "map_count": 500, "map_grid": False},
        "",
    ),
    (
        "pair",
        ":material/compare: Only 4s and 9s: who keeps them apart?",
        {"map_panels": [*FIRST, "pca", "umap"], "map_count": 10_000, "map_grid": False},
        "01235678",
    ),
)
SOURCES = (
    "Sources: [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, reparameterization); Deepest, season 5 "
    "(AE against VAE on 500 digits); slides “Autoencoders (AEs)” (PCA, MDS, the manifold); "
    "[McInnes et al. 2018](https://arxiv.org/abs/1802.03426) (UMAP); "
    "[van der Maaten & Hinton 2008](https://jmlr.org/papers/v9/vandermaaten08a.html) (t-SNE); "
    "[Venna & Kaski 2001](https://doi.org/10.1007/3-540-44668-0_68) (trustworthiness, continuity)."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show("map", [(name, question, rest) for name, question, *rest in TRY], _set, SOURCES)


def _set(settings: dict, hidden: str) -> None:
    try_next.lead("map")
    try_next.set_controls(settings)
    url.put({HIDDEN: hidden or None})
