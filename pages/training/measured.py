"""The Training page's evidence: every loss under every loss, what is drawn, and recirculation."""

import base64
import io
from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from aecore.learning.objectives import LOSSES
from aecore.learning.recirculation import METHODS
from aecore.learning.table import Measured, unpacked
from pages.training.try_next import LARGE, SMALL, begin
from ui.output import tables
from ui.teach.story import show as tell

RECONSTRUCTION = {
    "squared": ("½ squared error", 2, min),
    "grey": ("Cross-entropy, grey", 1, min),
    "threshold": ("Cross-entropy, cut at 0.5", 1, min),
    "sigma-best": ("Gaussian, best σ", 0, min),
    "sigma": ("Best σ", 3, None),
    "blur": ("Grey pixels, %", 1, None),
    "read": ("Read right, %", 1, max),
    "knn": ("k-NN of codes, %", 1, max),
}  # number -> title, digits, which end is best
BOUNDS = {
    "elbo_grey": "Bernoulli, grey",
    "elbo_threshold": "Bernoulli, cut at 0.5",
    "elbo_drawn": "Bernoulli, drawn",
    "elbo_sigma-1": "Gaussian, σ = 1",
    "elbo_sigma-best": "Gaussian, its best σ",
}
VARIANTS = {
    "grey": "β = 1, one copy",
    "beta-0.25": "β = 0.25",
    "beta-4": "β = 4",
    "copies-5": "five copies of a fifth of the digits",
}
SHARES = {"blur", "read", "knn", "read_drawn"}  # in percent


def show(measured: Measured) -> None:
    """What it comes to, the table, and behind buttons all else."""
    tell(takeaway(measured))
    latent = st.segmented_control(
        "Numbers in the code",
        (SMALL, LARGE),
        default=LARGE,
        required=True,
        key="training_measured",
        bind="query-params",
    )
    st.markdown(table_of(measured, latent))
    st.caption(
        f"Means over {measured.seeds} seeds and the 10,000 test digits, ± their standard deviation; "
        f"784-128-{latent}-128-784, {measured.epochs} epochs. A digit goes through the mean of its code. "
        "**Bold**: the best of a column. Drawn pixels ask on average for the same as grey ones."
    )
    with st.expander("What the networks make of a digit, d = 16: means, and drawn pixels"):
        st.html(pictures(measured))
        st.caption(drawn_words(measured))
    with st.expander("Bounds on the likelihood, β and copies"):
        st.markdown(bounds(measured, latent))
        st.caption(
            "The negative ELBO of every VAE in nats, KL included, one sample of its code. Compare down a column, never "
            "along a row: each column is a likelihood of other pixels, or of another density."
        )
        if latent == LARGE:
            st.markdown(variants(measured))
    with st.expander("Recirculation: learning without back-propagation"):
        st.button(
            "Watch both learn", icon=":material/play_arrow:", on_click=begin, args=(*METHODS, LARGE),
            key="training_rounds", help="On the board above, side by side.",
        )  # fmt: skip
        st.markdown(rounds(measured))
        st.caption(
            f"784-128-784, sigmoid units, plain gradient descent, {measured.rounds[METHODS[0]].curve[-1][0]:,} "
            f"steps of 100 digits, {measured.seeds} seeds, the best of five rates for each. The cosine is between "
            "recirculation's change of the encoder and the gradient, at its own weights. It can end "
            "lower than back-propagation here: its rule leaves out the sigmoid's slope, which may be what slows the "
            "latter down; that was not measured."
        )


def rows(measured: Measured, latent: int) -> dict[str, str]:
    """Rows of the table, in order -> what they are called."""
    return {f"{loss}/{latent}": LOSSES[loss].title for loss in LOSSES if f"{loss}/{latent}" in measured.losses}


def number(measured: Measured, row: str, name: str, digits: int) -> str:
    """As "17.21 ± 0.03"."""
    factor = 100 if name in SHARES else 1
    middle = f"{factor * measured.mean(row, name):.{digits}f}".replace("-", "−")
    return f"{middle} ± {factor * measured.spread(row, name):.{digits}f}"


def best_row(measured: Measured, names: list[str], name: str, pick: Callable = min) -> str:
    """The row that leads in a number."""
    return pick(names, key=lambda row: measured.mean(row, name))


def table_of(measured: Measured, latent: int) -> str:
    """Each model under every loss of the picture alone."""
    shown = rows(measured, latent)
    lines = []
    for row, title in shown.items():
        cells = [title]
        for name, (_, digits, pick) in RECONSTRUCTION.items():
            text = number(measured, row, name, digits)
            cells.append(f"**{text}**" if pick and best_row(measured, [*shown], name, pick) == row else text)
        lines.append(cells)
    head = ("Trained on", *(title for title, _, _ in RECONSTRUCTION.values()))
    return tables.markdown(head, lines, small=False)


def takeaway(measured: Measured) -> str:
    """Who wins under its own loss, and what sigma does."""
    plain = [f"{loss}/{LARGE}" for loss in ("squared", "cross-entropy")]
    own = [best_row(measured, plain, name) for name in ("squared", "grey")] == plain
    one, learned = (f"{loss}/{LARGE}" for loss in ("sigma-1", "sigma-learned"))
    errors = [measured.mean(row, "squared") for row in (*plain, one, learned)]
    nats = [measured.mean(row, "grey") for row in plain]
    read = [100 * measured.mean(row, "read") for row in (one, learned)]
    price = [measured.mean(row, "kl") for row in (one, learned)]
    return (
        f"With {LARGE} numbers, half the squared error on new digits is {errors[0]:.2f} after training on it, "
        f"{errors[1]:.2f} after training on cross-entropy. "
        f"So {'each [[loss]] is' if own else 'a [[loss]] is not always'} best "
        f"by its own measure; in cross-entropy they reach {nats[0]:.0f} and {nats[1]:.0f} nats. **σ counts more**: a "
        f"Gaussian VAE with σ = 1 spends {price[0]:.0f} nats on its code and ends at {errors[2]:.2f}, {read[0]:.0f}% "
        f"read right; one that learns its σ spends {price[1]:.0f} and ends at {errors[3]:.2f}, {read[1]:.0f}%."
    )


def pictures(measured: Measured) -> str:
    """Ten digits under each loss as HTML: the means, and pixels drawn from the likelihood."""
    cells = ["<tr><th></th><th>Means</th><th>Drawn pixels</th></tr>"]
    for row, title in rows(measured, LARGE).items():
        pair = measured.pictures.get(row)
        if pair:
            images = "".join(f"<td>{strip(pair[name], f'{title}: {name}')}</td>" for name in ("means", "drawn"))
            cells.append(f"<tr><th>{title}</th>{images}</tr>")
    style = (
        "<style>.training-sheet{width:100%;border-spacing:8px 4px}.training-sheet th{text-align:left;font-weight:500;"
        "font-size:.85rem;max-width:9rem}.training-sheet img{width:100%;image-rendering:pixelated;border-radius:6px;"
        "display:block}</style>"
    )
    return f'{style}<table class="training-sheet">{"".join(cells)}</table>'


def strip(packed: str, name: str) -> str:
    """Ten pictures side by side."""
    file = io.BytesIO()
    Image.fromarray(np.concatenate([*unpacked(packed)], 1)).save(file, "PNG", optimize=True)
    return f'<img alt="{name}" src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}">'


def drawn_words(measured: Measured) -> str:
    """How well drawn pixels can be read."""
    parts = []
    for loss in ("drawn", "sigma-1", "sigma-learned"):
        row = f"{loss}/{LARGE}"
        sigma = "" if loss == "drawn" else f" ({measured.mean(row, 'drawn_sigma'):.2f})"
        read = 100 * measured.mean(row, "read_drawn")
        parts.append(f"{LOSSES[loss].title.removeprefix('VAE, ')}{sigma} {read:.0f}%")
    return (
        "A VAE's decoder is stochastic: it gives each pixel a distribution, of which samples are seldom shown. The "
        f"judge reads drawn pixels right: {'; '.join(parts)}."
    )


def bounds(measured: Measured, latent: int) -> str:
    """Negative ELBOs of the VAEs."""
    shown = {row: title for row, title in rows(measured, latent).items() if LOSSES[row.split("/")[0]].variational}
    lines = []
    for row, title in shown.items():
        cells = [title.removeprefix("VAE, "), number(measured, row, "kl", 1)]
        for name in BOUNDS:
            text = number(measured, row, name, 1)
            cells.append(f"**{text}**" if best_row(measured, [*shown], name) == row else text)
        lines.append(cells)
    return tables.markdown(("Trained on", "KL", *BOUNDS.values()), lines, small=False)


def variants(measured: Measured) -> str:
    """Beta and copies, of the VAE on grey pixels."""
    numbers = {
        "kl": "KL", "grey": "Reconstruction through the mean, nats", "elbo_grey": "−ELBO at β = 1",
        "read": "Read right, %", "knn": "k-NN, %",
    }  # fmt: skip
    lines = (
        (title, *(number(measured, f"{kind}/{LARGE}", name, 1) for name in numbers)) for kind, title in VARIANTS.items()
    )
    return tables.markdown((f"VAE, Bernoulli, grey, d = {LARGE}", *numbers.values()), lines, small=False)


def rounds(measured: Measured) -> str:
    """How far recirculation gets beside back-propagation."""
    back, around = (measured.rounds[method] for method in METHODS)
    lines = []
    means = {}
    for method, runs in zip(METHODS, (back, around), strict=True):
        rate, errors = runs.best()
        means[method] = sum(errors) / len(errors)
        places = [place for place, (value, _) in enumerate(runs.runs) if value == rate]
        first, last = ([same[place] or 0.0 for place in places] for _, _, same in (runs.curve[0], runs.curve[-1]))
        cosine = (
            f"{sum(first) / len(first):.2f} → {sum(last) / len(last):.2f}".replace("-", "−") if runs is around else "1"
        )
        spread = max(errors) - min(errors)
        lines.append((method.capitalize(), f"{rate:g}", f"{means[method]:.2f} (range {spread:.2f})", cosine))
    at_first = [error for error in back.curve[0][1] if error is not None]
    start = sum(at_first) / len(at_first)
    share = (start - means[METHODS[1]]) / (start - means[METHODS[0]])
    head = ("", "Rate", "½ squared error", "Cosine with the gradient, at first → at last")
    return (
        f"Each weight changes by what its two ends see before and after one round; no error is sent back. From "
        f"{start:.0f} at the start it lowers the error by **{100 * share:.0f}%** of what back-propagation does.\n\n"
        + tables.markdown(head, lines, small=False)
    )
