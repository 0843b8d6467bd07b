"""Why the prior matters: the same kind of random codes through a CVAE, a VAE and an autoencoder."""

import streamlit as st

from aecore.engine import Engine
from aecore.latent import samples
from ui.input.choice import choice
from ui.output.gallery import Row, gallery
from ui.server import jobs
from ui.serving import available
from ui.theme import kind_color

SEAT = "generate_prior"
SOON = 0.3  # s that the part waits for its numbers before it shows a skeleton
PRIORS = {  # what to compare: label -> CVAE, VAE, autoencoder
    "Two numbers": ("cvae-2", "vae-2", "ae-2-bce"),
    "More numbers": ("cvae", "vae", "ae-conv"),
}


def show(engine: Engine, seed: int) -> None:
    """Codes from N(0, I) through a CVAE, a VAE and an autoencoder; and the best that one can do for the last."""
    pairs = choice("Codes of", list(PRIORS), default="More numbers", key="generate_prior")
    names = available(engine, *PRIORS[pairs])
    if not names or not available(engine, "judge"):
        st.caption("The models of this comparison are not here yet.")
        return
    autoencoder = PRIORS[pairs][-1]
    job = jobs.ask(
        SEAT, "aecore.latent.samples:compare_priors", names, autoencoder if autoencoder in names else "", seed,
        key=(*(engine.card(name).sha256 for name in [*names, "judge"]), seed),
    )  # fmt: skip
    if not job.wait(SOON):
        st.skeleton(height=600)
        jobs.follow(SEAT)
        return
    gallery([_in_a_row(engine, row) for row in job.value()], "generate_priors", 84)
    st.caption(
        f"The first {samples.PRIOR_SHOWN} of {samples.PRIOR_SAMPLES} samples each, means over all. Sure: the "
        "probability that the judge gives to what it reads; a classifier can be sure of nonsense. So also the "
        "distance to the nearest of 10,000 real digits in the judge's features; 1 is as far as an unseen real digit "
        "usually lies."
    )


def _in_a_row(engine: Engine, row: samples.Row) -> Row:
    """One origin of codes as the gallery shows it."""
    title, about, color = "Real test digits", "for comparison", ""
    if row.model:
        card = engine.card(row.model)
        title = f"{card.kind.upper()}, z ~ {'a Gaussian fitted to its codes' if row.fitted else 'N(0, I)'}"
        about, color = card.title, kind_color(card.kind)
    note = f"{about} · judge {100 * row.sure:.0f}% sure · {row.distance:.1f} from a real digit"
    if row.agreement is not None:
        note += f" · reads {100 * row.agreement:.1f}% as asked"
    return Row(title, row.x, row.p, row.y, note, color=color)
