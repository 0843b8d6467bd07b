"""What galaxies drawn by class are worth: a sentence and a table from what was measured."""

from statistics import mean

import streamlit as st

from aecore.data.galaxies import CREDIT
from aecore.engine import Engine
from aecore.galaxies import drawn
from aecore.galaxies.drawn import BY_CLASS, GAN, PRIOR, REAL, Measured
from pages.gans.measured import cell, half, middle
from ui import messages
from ui.glossary import explain
from ui.output import tables

NAMES = {
    GAN: "ACGAN, told the kind",
    BY_CLASS: "VAE, codes like those of the kind",
    PRIOR: "VAE, codes from its prior",
    REAL: "Real training galaxies",
}
COLUMNS = {  # of Worth: heading, and digits after the point
    "frechet": ("Fréchet distance ↓", 2),
    "recall": ("Recall, % ↑", 0),
    "agreement": ("As asked, % ↑", 0),
    "nearest": ("To the nearest training galaxy", 1),
}
COPIES = 5.0  # percent of copies from which on a generator is said to copy


def show(engine: Engine, measured: Measured) -> None:
    """A sentence, the table, and what its columns mean."""
    messages.stale(measured.stale(engine), drawn.AGAIN)
    st.markdown(takeaway(measured))
    with st.container(key="gans_galaxies_table"):
        st.markdown(markdown(measured))
    seeds = len(measured.rows[GAN])
    st.caption(
        "64 × 64 pixels, so that two cores can train it. 752 pictures are few for a GAN: each comes at any angle "
        f"and mirrored at random, and the critic sees all pictures shifted. {explain('Fréchet distance')} Here the "
        "features are those of the galaxy classifier, which forgives what eyes do not, such as bent discs; 752 each "
        "against 188 unseen ones; ± is the 95% "
        f"interval over {seeds} trainings of {measured.epochs:,} epochs. Pictures: {CREDIT}."
    )


def takeaway(measured: Measured) -> str:
    """Who draws better, who copies: from the numbers alone."""
    gan, vae = (measured.rows[name] for name in (GAN, BY_CLASS))
    distance, other, floor = (middle(measured.rows[name], "frechet") for name in (GAN, BY_CLASS, REAL))
    clear = abs(distance - other) > half(gan, "frechet") + half(vae, "frechet")
    verdict = "are nearer to real ones than" if distance < other else "are farther from real ones than"
    text = (
        f"**By Fréchet distance the ACGAN's galaxies {verdict if clear else 'are about as near to real as'} "
        f"the VAE's** of the same kind ({distance:.2f} and {other:.2f}; real ones {floor:.2f}). A classifier sees the "
        f"asked kind in {middle(gan, 'agreement'):.0f}% and {middle(vae, 'agreement'):.0f}% of them; it names "
        f"{measured.right:.0f}% of real ones right. "
    )
    copied = mean(measured.copied)
    if copied > COPIES:
        return text + f"**It copies**: {copied:.0f}% are less than half as far from a training galaxy as unseen ones."
    return text + (
        f"It does not copy: {copied:.1f}% of its galaxies lie less than half as far from a training galaxy, at any "
        "angle, as unseen ones do."
    )


def markdown(measured: Measured) -> str:
    """A row a model, and one of real galaxies."""
    rows = []
    for name, label in NAMES.items():
        cells = [cell(measured.rows[name], key, digits) for key, (_, digits) in COLUMNS.items()]
        if name == REAL:
            cells[-2:] = f"{measured.right:.0f} (unseen ones)", f"{measured.unseen:.1f} (unseen ones)"
        rows.append((f"**{label}**", *cells))
    return tables.markdown(("", *(head for head, _ in COLUMNS.values())), rows)
