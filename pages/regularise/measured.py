"""The Regularise page's evidence: every constraint beside its own control, and exact beside predicted sparse codes."""

import base64

import streamlit as st
from torch import Tensor

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.features import probe, table
from aecore.features.table import LABELS, Measured, Row
from pages.regularise import figures
from pages.regularise.wall import NAMES
from ui.component import component
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.digit import PAD
from ui.live import networks
from ui.output import tables
from ui.output.charts import show_chart
from ui.output.picture import pixels

GROUPS = {
    "One each": ("",),
    "Noise": ("dropout",),
    "L1": ("l1",),
    "Rate": ("rate",),
    "k units": ("k",),
    "Contractive": ("contractive",),
    "Lecture and slides": ("lecture", "lecture dropout", "salt_pepper", "untied"),
}
STRENGTHS = {
    "dropout": "{:.0f}% dropped", "salt_pepper": "salt and pepper {:.1f}", "l1": "λ = {:g}", "rate": "β = {:g}",
    "k": "k = {:.0f}", "contractive": "λ = {:g}", "lecture dropout": "{:.0f}% dropped",
}  # fmt: skip
LABEL = {
    "wide": "Tied weights alone", "rectified": "Rectified, tied weights alone", "untied": "Sigmoid, not tied",
    "lecture": "Lecture: plain 784-500-784", "dae-tanh-500": "Lecture: denoiser",
    "opendeep-0": "OpenDeep without noise", "opendeep": "OpenDeep, 784-1000",
    "wide-noise": "Noise", "wide-sparse": "L1", "wide-contractive": "Contractive",
}  # fmt: skip
SHOWN = ("wide", "wide-noise", "wide-contractive", "rectified", "wide-sparse")
COLUMNS = {
    "Code": ("MSE", "Active", "Slope", "Directions"),
    "Classifier": ("100 labels", "1,000", "60,000"),
    "Kernels": ("sd inside", "sd outside", "Never learned"),
}
TERMS = {"Code": "wide code", "Classifier": "linear probe", "Kernels": "kernel sd"}
_WALLS = component("pages/regularise/walls/walls", html='<div class="walls"></div>')
_SPARSE = component("pages/regularise/psd/psd")


def show(engine: Engine) -> None:
    """The table, what it says in sentences, and walls of kernels."""
    st.header("Was it worth it? All test digits", anchor=False)
    measured = table.load()
    st.markdown(takeaway(measured))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = choice("Constraint", list(GROUPS), default=next(iter(GROUPS)), key="regularise_group", pills=True)
        what = choice("Numbers", list(COLUMNS), default="Code", key="regularise_what")
    keys = rows_of(measured, group)
    with st.container(key="regularise_table"):
        left, right = st.columns([1, 1], gap="medium")
    with left:
        st.markdown(markdown(measured, keys, what))
    with right:
        _show_spectra(measured, keys)
    st.caption(f"{explain(TERMS[what])} Made by `{table.AGAIN}`.")
    stale = measured.stale(engine)
    if stale:
        st.caption(f":material/info: Measured with other checkpoints than those at hand: {', '.join(stale)}.")
    _show_walls(measured, keys)


def rows_of(measured: Measured, group: str) -> list[str]:
    """Keys of the rows that a group shows: each control, then what it is the control of, by strength."""
    if GROUPS[group] == ("",):
        return [key for key in SHOWN if key in measured.rows]
    keys = [key for key, row in measured.rows.items() if row.constraint in GROUPS[group]]
    keys.sort(key=lambda key: (GROUPS[group].index(measured.rows[key].constraint), measured.rows[key].strength))
    controls = dict.fromkeys(control for key in keys if (control := measured.rows[key].control) and control not in keys)
    return [*controls, *keys]


def label(key: str, row: Row) -> str:
    """What a row is called."""
    if key in LABEL and not (key in NAMES and row.strength):
        return LABEL[key]
    share = 100 if "%" in STRENGTHS.get(row.constraint, "") else 1
    strength = STRENGTHS.get(row.constraint, "{:g}").format(share * row.strength)
    return f"{LABEL[key]}, {strength}" if key in LABEL else strength


def cells(row: Row, what: str, tested: int) -> list[str]:
    """A row's numbers, with as many digits as mean something."""
    if what == "Code":
        return [f"{row.mse:.4f}", f"{row.active:.0f}", f"{row.jacobian:.1f}", f"{row.directions:.0f}"]
    if what == "Kernels":
        return [f"{row.inside:.4f}", f"{row.outside:.4f}", f"{row.unlearned}"]
    return [scored(row.probe[labels], tested) for labels in LABELS]


def scored(scores: list[float], tested: int) -> str:
    """Mean and half of its 95% interval, in percent."""
    mean, half = probe.interval(scores, tested)
    return f"{mean:.1f} ± {half:.1f}"


def markdown(measured: Measured, keys: list[str], what: str) -> str:
    """The rows as a table; the classifier's has a row for plain pixels, the kernels' one for untrained ones."""
    rows = [(label(key, measured.rows[key]), *cells(measured.rows[key], what, measured.tested)) for key in keys]
    if what == "Classifier":
        rows.insert(0, ("Pixels, no network", *(scored(measured.pixels[labels], measured.tested) for labels in LABELS)))
    if what == "Kernels":
        rows.insert(0, ("Untrained", f"{measured.fresh:.4f}", f"{measured.fresh:.4f}", ""))
    return tables.markdown(("", *COLUMNS[what]), rows)


def takeaway(measured: Measured) -> str:
    """What the table says, for and against the textbook."""
    rows = measured.rows
    best = {n: max(rows, key=lambda key: probe.interval(rows[key].probe[n], measured.tested)[0]) for n in LABELS}
    parts = []
    for n in LABELS[1:]:
        row = rows[best[n]]
        group = next((group for group, constraints in GROUPS.items() if row.constraint in constraints), "")
        name = label(best[n], row) if best[n] in LABEL else f"{group.lower()}, {label(best[n], row)}"
        own, plain = (scored(scores[n], measured.tested) for scores in (row.probe, measured.pixels))
        parts.append(f"with {int(n):,} labels {name}: **{own}%** (pixels {plain})")
    said = [f"The best code for a linear classifier is {', '.join(parts)}."]
    if {"wide", "wide-contractive"} <= rows.keys():
        control, held = rows["wide"], rows["wide-contractive"]
        less = 100 * (1 - held.jacobian / control.jacobian)
        said.append(
            f"The contractive price makes the derivative {less:.0f}% smaller than its control's and leaves "
            f"{held.directions:.0f} of {control.directions:.0f} directions, at {held.mse / control.mse:.1f} times the "
            "squared error."
        )
    if {"lecture", "dae-tanh-500"} <= rows.keys():
        plain, denoiser = rows["lecture"], rows["dae-tanh-500"]
        said.append(
            f"“Kernels are random outside the digits”: the plain ones keep their first numbers there "
            f"(sd {plain.outside:.4f}, untrained {measured.fresh:.4f}). “The denoiser's are constant” is only nearly "
            f"true: {denoiser.outside:.4f} after 20 epochs, and {denoiser.unlearned} of its {denoiser.units} units "
            "never learned."
        )
    return " ".join(said)


def _show_spectra(measured: Measured, keys: list[str]) -> None:
    curves = [(label(key, measured.rows[key]), measured.rows[key].spectrum) for key in keys]
    places = ", ".join(f"{name} {values[29]:.2f}" for name, values in curves if len(values) > 29)
    alt = f"How the singular values of the code's derivative fall. The 30th over the first: {places}."
    show_chart(figures.spectrum(curves), key="regularise_spectra", alt=alt)


def _show_walls(measured: Measured, keys: list[str]) -> None:
    kernels = table.load_kernels()
    walls = [
        {"label": label(key, measured.rows[key]), "values": base64.b64encode(kernels[key].numpy().tobytes()).decode()}
        for key in keys
        if key in kernels
    ]
    if walls:
        _WALLS(key="regularise_walls", data={"walls": walls}, height="content")
        st.caption(
            "Their first 36 kernels, each scaled to its own largest weight. All but those of OpenDeep start from the "
            "same numbers."
        )


def show_sparse(engine: Engine, x: Tensor) -> None:
    """The exact sparse code of the digit and the predicted one, timed in the browser, and the table's own times."""
    if not networks.runnable(["psd"]):
        return
    st.header("A sparse code, exact or guessed", anchor=False)
    st.markdown(
        "The exact code is a search among 256 strokes: few of them, added up, should make the digit. Predictive sparse "
        "decomposition trains an encoder to guess its result at once."
    )
    penalty = engine.card("psd").config["penalty"]
    data = {"pad": PAD, "x": pixels(x), "network": networks.reference("psd"), "penalty": penalty, "steps": 200}
    _SPARSE(key="regularise_psd", data=data, height="content")
    try:
        st.markdown(speed(table.load()))
    except AecoreError as error:
        st.caption(f":material/info: {error}")


def speed(measured: Measured) -> str:
    """What the prediction gains and costs, over the digits that were measured."""
    sparse = measured.sparse
    return (
        f"On one thread, {sparse.digits:,} test digits at once: {sparse.exact_ms:,.0f} ms for {sparse.steps} steps of "
        f"FISTA, {sparse.predicted_ms:.1f} ms for the encoder, **{sparse.exact_ms / sparse.predicted_ms:,.0f} times** "
        f"as fast. The guess costs {100 * sparse.gap:.0f}% more of what both minimise, uses "
        f"{sparse.predicted_active:.0f} strokes a digit instead of {sparse.exact_active:.0f}, and its squared error is "
        f"{sparse.predicted_mse:.4f} instead of {sparse.exact_mse:.4f}. scikit-learn's exact code differs from ours by "
        f"at most {sparse.agree:.0e}."
    )
