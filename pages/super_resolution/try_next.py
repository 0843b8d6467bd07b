"""Try next: chips that set the Super-resolution page's controls to something worth seeing, and the page's sources."""

from aecore.restore.upscaling import LEFT_OUT
from ui.output import try_next

TRY = (
    (
        "seven",
        ":material/visibility_off: A 7 of 16 pixels: what if you never saw one?",
        {"super_side": 4, "super_source": "example", "super_digit": 17, "super_class": LEFT_OUT},
    ),
    (
        "finer",
        ":material/grid_on: 49 pixels instead of 16: is a 7 safe now?",
        {"super_side": 7, "super_source": "example", "super_digit": 17, "super_class": LEFT_OUT},
    ),
    (
        "control",
        ":material/balance: A 9, the control: does anything change?",
        {"super_side": 4, "super_source": "example", "super_digit": 7, "super_class": 9},
    ),
)
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (the super-resolution figure, and its warning that biased training data gives "
    "biased reconstructions); [Dong et al. 2014](https://arxiv.org/abs/1501.00092) (super-resolution by a network); "
    "[Menon et al. 2020](https://arxiv.org/abs/2003.03808) (many pictures average to one); "
    "[Keys 1981](https://doi.org/10.1109/TASSP.1981.1163711) (bicubic); "
    "[Duchon 1979](https://doi.org/10.1175/1520-0450(1979)018%3C1016:LFIOAT%3E2.0.CO;2) (Lanczos); "
    "[Irani & Peleg 1991](https://doi.org/10.1016/1049-9652(91)90045-L) (back-projection)."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show("super", [(name, question, (settings,)) for name, question, settings in TRY], _set, SOURCES)


def _set(settings: dict) -> None:
    try_next.lead("super")
    try_next.set_controls(settings)
