"""Try next on the Vector field page: chips that set its controls to something worth seeing, and the page's sources."""

from pages.vector_field import board
from ui import url
from ui.output import try_next

TRY = (
    (
        "copies",
        ":material/content_copy: Train it plainly: where do the arrows go?",
        {"shape": "branches", "kind": "plain"},
        None,
    ),
    (
        "chain",
        ":material/casino: Wander between moons: does a point cross?",
        {"shape": "moons", "kind": "denoising", "sigma": 0.25},
        "wander.U9E",
    ),
    (
        "contractive",
        ":material/compress: No noise, a small derivative: same arrows?",
        {"shape": "circle", "kind": "contractive", "sigma": 0.2},
        None,
    ),
    (
        "line",
        ":material/show_chart: On a line: a crossing at each point?",
        {"shape": "line", "kind": "denoising", "sigma": 0.2},
        None,
    ),
)
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (denoising autoencoder, distance travelled); slides “Autoencoders (AEs)” (the "
    "score, the one-dimensional reconstruction, generative stochastic networks); "
    "[Alain & Bengio 2014](https://arxiv.org/abs/1211.4246) (what autoencoders learn of the density); "
    "[Vincent 2011](https://doi.org/10.1162/NECO_a_00142) (denoising is score matching); "
    "[Rifai et al. 2011](https://icml.cc/2011/papers/455_icmlpaper.pdf) (contractive); "
    "[Bengio et al. 2014](https://arxiv.org/abs/1306.1091) (GSN); "
    "[Efron 2011](https://doi.org/10.1198/jasa.2011.tm11181) (Tweedie's formula)."
)


def show() -> None:
    """Four chips and one line of sources."""
    try_next.show("field", [(name, question, rest) for name, question, *rest in TRY], _set, SOURCES)


def _set(settings: dict, walk: str | None) -> None:
    try_next.lead("field")
    try_next.set_controls({f"field_{name}": value for name, value in settings.items()})
    url.put({board.WALK: walk})
