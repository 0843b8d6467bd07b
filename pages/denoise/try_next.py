"""Try next: chips that set the Denoise page's controls to something worth seeing, and the page's sources."""

from ui.output import try_next

TRY = (
    (
        ":material/crop_square: Cover the top of a 7. Is it still a 7?",
        {"corruption": "patch", "strength": 0.5, "x": 0.4, "y": 0.25, "source": "example", "digit": 0, "paste": True},
    ),
    (
        ":material/blur_circular: Drop half of the pixels. Does knowing which help?",
        {"corruption": "dropout", "strength": 0.5, "paste": True},
    ),
    (
        ":material/grain: Noise until you cannot read it. Can the denoiser?",
        {"corruption": "gaussian", "strength": 0.9, "paste": False},
    ),
)

SOURCES = (
    "Sources: [Vincent et al. 2008](https://doi.org/10.1145/1390156.1390294) and "
    "[2010](https://jmlr.org/papers/v11/vincent10a.html) (denoising autoencoders); NYU Deep Learning, week 7 "
    "(dropout on MNIST; the grey patch, there on faces); slides “Autoencoders (AEs)” (salt and pepper 40 %); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST); Telea 2004 and Bertalmio et al. 2001 (inpainting)."
)


def show() -> None:
    """Three chips and one line of sources."""
    named = [(settings["corruption"], question, (settings,)) for question, settings in TRY]
    try_next.show("denoise", named, _set, SOURCES)


def _set(settings: dict) -> None:
    try_next.lead("denoise")
    try_next.set_controls({f"denoise_{name}": value for name, value in settings.items()})
