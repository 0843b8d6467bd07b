"""Try next: chips that set the Regularise page's controls to something worth seeing, and the page's sources."""

from pages.regularise import stage
from ui.output import try_next

TRY = (
    ("control", ":material/balance: No constraint but the tie: which units are on?", ("wide", None, False)),
    ("sparse", ":material/filter_alt: A price on every unit: how few draw your digit?", ("wide-sparse", None, True)),
    ("contractive", ":material/compress: A price on the derivative: are its kernels calmer?",
     ("wide-contractive", None, False)),
)  # fmt: skip
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (over-complete codes, the contractive penalty, kernels of the two notebooks); "
    "OpenGenus, “Autoencoder” (sparse, contractive); slides “Autoencoders (AEs)” (sparse codes and the Laplace prior, "
    "DAE against CAE, OpenDeep's denoiser, predictive sparse decomposition); "
    "[Vincent et al. 2010](https://jmlr.org/papers/v11/vincent10a.html) (noise); "
    "[Rifai et al. 2011](https://icml.cc/2011/papers/455_icmlpaper.pdf) (contraction); "
    "[Makhzani & Frey 2014](https://arxiv.org/abs/1312.5663) (k units); Ng 2011, CS294A notes (rate); "
    "[Kavukcuoglu et al. 2008](https://arxiv.org/abs/1010.3467) (predictive sparse decomposition); "
    "[Beck & Teboulle 2009](https://doi.org/10.1137/080716542) (FISTA)."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show("regularise", TRY, _set, SOURCES)


def _set(network: str, unit: int | None, everything: bool) -> None:
    try_next.lead("regularise")
    stage.set_chosen(network, unit, everything)
