"""Try next: chips that set the Bottleneck page's controls to something worth seeing, and the page's sources."""

from pages.bottleneck import stage
from ui.output import try_next

TRY = (  # name, question, size, place of the page
    ("narrow", ":material/compress: A face through 2 numbers: which digit does it become?", 2, "stage"),
    ("wide", ":material/expand: 1,000 numbers: what does not fit through?", 1000, "stage"),
    ("line", ":material/linear_scale: One number: how can it hold a hundred digits?", 1, "line"),
)
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (under- and over-complete codes, tied weights and PCA, overfitting through one "
    "number); “Autoencoders (AEs)”, lecture slides (PCA, linear decoders); Baldi & Hornik 1989 (linear "
    "autoencoders); [Plaut 2018](https://arxiv.org/abs/1804.10253) (their units are no components); "
    "[Saxe et al. 2014](https://arxiv.org/abs/1312.6120) (orthogonal start); Björck & Golub 1973 (principal angles); "
    "[Kolouri et al. 2018](https://arxiv.org/abs/1804.01947) (codes kept apart). The letters are set in Aileron (CC0, "
    "with Pillow); the face is E. Collins, by NASA (public domain), and the photographs come with scikit-image."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show(
        "bottleneck",
        [(name, question, (size, place)) for name, question, size, place in TRY],
        _set,
        SOURCES,
    )


def _set(size: int, place: str) -> None:
    try_next.lead("bottleneck", place)
    stage.set_size(size)
