"""Try next: chips that set the Generate page's controls to something worth seeing, and the page's sources."""

from aecore.latent.styles import STYLES
from pages.generate import writer
from pages.generate.controls import MODEL, SEED, TEMPERATURE
from pages.generate.writer import Writing
from ui.output import try_next

TRY = (
    (
        "sliders",
        ":material/tune: Sixteen numbers: do all digits lean?",
        {MODEL: "cvae", "generate_columns": "slant"},
        ("2026", None, {"slant": 2.5}),
    ),
    (
        "hot",
        ":material/local_fire_department: Temperature 2: who falls apart first?",
        {MODEL: "cvae-2", TEMPERATURE: 2.0, "generate_columns": "random"},
        ("0123456789", None, {}),
    ),
    (
        "average",
        ":material/person: Temperature 0: the average hand",
        {MODEL: "cvae-2", TEMPERATURE: 0.0, SEED: writer.SEED},
        ("0123456789", None, {}),
    ),
)
SOURCES = (
    "Sources: [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE, reparameterisation); "
    "[Sohn et al. 2015](https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-"
    "conditional-generative-models) (conditional VAE); [Kingma et al. 2014](https://arxiv.org/abs/1406.5298) (class "
    "and style, the grid and the analogies); Deepest, season 5 (CVAE on MNIST); "
    "[Larsen et al. 2016](https://arxiv.org/abs/1512.09300) (attribute directions)."
)


def show() -> None:
    """Three chips and one line of sources."""
    try_next.show("generate", [(name, question, rest) for name, question, *rest in TRY], _set, SOURCES)


def _set(settings: dict, written: tuple) -> None:
    try_next.set_controls(settings)
    number, base, amounts = written
    model = settings[MODEL]
    writer.keep(Writing(model, number, base, {name: amounts.get(name, 0.0) for name in STYLES}))
