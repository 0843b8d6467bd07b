"""The Tangents page's evidence: spectra, how far digits go, the dimension of MNIST, and what of it does not hold."""

import streamlit as st

from aecore.engine import Engine
from aecore.latent import tangents
from aecore.latent.tangents import Estimate, Measured
from pages.tangents import figures
from ui import messages
from ui.glossary import explain
from ui.output import tables
from ui.output.charts import show_chart
from ui.output.verdict import a_digit
from ui.theme import kind_color, neutral

LABELS = {"ae-conv": "AE", "vae": "VAE", "wide-contractive": "Contractive", "wide": "its control"}
PRIMARY = LABELS.keys() - {"wide"}


def show(engine: Engine) -> None:
    """Headline, what holds and what does not, and the charts. Raises: DataError: nothing was measured."""
    table = tangents.load()
    messages.stale(table.stale(engine), tangents.AGAIN)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(headline(table), help=explain("intrinsic dimension"), anchor=False)
        st.space("stretch")
        st.download_button(
            "Numbers", lambda: table_csv(table), "tangents.csv", "text/csv", on_click="ignore",
            icon=":material/download:", key="tangents_csv", help="Spectra, reaches and dimensions, as CSV",
        )  # fmt: skip
    with st.expander("What holds of it, and what does not, in numbers", icon=":material/rule:"):
        st.markdown(claims(table))
    left, right = st.columns(2, gap="medium")
    curves = {
        name: (label(name), [value / row.mean[0] for value in row.mean], color(engine, name))
        for name, row in table.spectra.items()
    }
    with left:
        effective = (f"{label(name)}: {row.directions.value:.1f}" for name, row in table.spectra.items())
        show_chart(figures.spectra(curves), "tangents_spectra", f"Effective directions: {'; '.join(effective)}")
    with right:
        reaches = figures.reaches(reach_curves(engine, table), table.random.t.value)
        show_chart(reaches, "tangents_reaches", reach_claim(table))
    rows = [
        ("all digits" if name == "all" else name, {"TwoNN": spread(row.two_nn), "MLE": spread(row.likelihood)})
        for name, row in table.dimensions.items()
    ]
    show_chart(
        figures.intervals(
            rows, {"TwoNN": kind_color("ae"), "MLE": neutral()[1]}, "Intrinsic dimension, with 95% intervals"
        ),
        key="tangents_dimensions",
        alt="; ".join(f"{name}: TwoNN {row.two_nn.value:.1f}" for name, row in table.dimensions.items()),
    )


def label(name: str) -> str:
    """What the charts call a network."""
    return LABELS.get(name, name)


def color(engine: Engine, name: str) -> str:
    """Of a network in the charts; a control is quiet."""
    return kind_color(engine.card(name).kind) if name in PRIMARY else neutral()[1]


def spread(one: Estimate) -> tuple[float, float, float]:
    """As a chart wants it."""
    return one.value, one.low, one.high


def headline(table: Measured) -> str:
    """The one sentence."""
    row = table.dimensions["all"]
    return f"Digits have about {row.two_nn.value:.0f} dimensions, not 784"


def claims(table: Measured) -> str:
    """What holds of "about a dozen directions keep your digit a digit", and what does not, each with its numbers."""
    whole = table.dimensions["all"]
    classes = {name: row.two_nn.value for name, row in table.dimensions.items() if name != "all"}
    low, high = min(classes, key=classes.get), max(classes, key=classes.get)
    used = [row.directions.value for row in table.spectra.values()]
    counted = ", ".join(f"{label(name)} {interval(row.directions)}" for name, row in table.spectra.items())
    lines = [
        f"- **About a dozen.** TwoNN finds {interval(whole.two_nn)} dimensions, maximum likelihood "
        f"{interval(whole.likelihood)}; from {classes[low]:.1f} for {a_digit(int(low))} to "
        f"{classes[high]:.1f} for {a_digit(int(high))}.",
        f"- **Networks use {min(used):.0f} to {max(used):.0f}.** Effective directions over {table.digits:,} test "
        f"digits: {counted}.",
        f"- {reach_claim(table)}",
    ]
    return "\n".join(lines)


def reach_claim(table: Measured) -> str:
    """Whether a tangent carries further than a random direction before the judge reads another digit."""
    random = table.random
    first = {name: rows[0] for name, rows in table.reaches.items()}
    said = ", ".join(f"{label(name)} {interval(row.t)}" for name, row in first.items())
    further = [row.t.low > random.t.high for row in first.values()]
    opening = (
        "**Tangents carry further than chance.**"
        if all(further)
        else "**Not every tangent carries further than chance.**"
        if any(further)
        else "**Tangents do not carry further than chance.**"
    )
    moved = ", ".join(f"{label(name)} {row.moved.value:.1f}" for name, row in first.items())
    short = [label(name) for name, row in first.items() if row.moved.high < random.moved.low]
    less = f" Measured so, {' and '.join(short)} carr{'y' if len(short) > 1 else 'ies'} **less** far." if short else ""
    return (
        f"{opening} Until the judge reads another digit: along the first direction {said}; along a random one "
        f"{interval(random.t)}; straight to the nearest digit of another class {interval(table.nearest.t)}. "
        f"{table.furthest:.0f} is as far as we went. Cut off at black and white, less is left of a way: {moved}, "
        f"random {random.moved.value:.1f}.{less}"
    )


def interval(one: Estimate) -> str:
    """A value with its 95% interval."""
    return f"{one.value:.1f} ({one.low:.1f} to {one.high:.1f})"


def reach_curves(engine: Engine, table: Measured) -> dict:
    """Name -> (label, reach of each direction, its low, its high, colour)."""
    return {
        name: (
            label(name), [row.t.value for row in rows], [row.t.low for row in rows], [row.t.high for row in rows],
            color(engine, name),
        )
        for name, rows in table.reaches.items()
    }  # fmt: skip


def table_csv(table: Measured) -> str:
    """One row a number: what, of what, place, value, low, high."""
    rows = [
        ("singular_value", name, i + 1, *numbers)
        for name, row in table.spectra.items()
        for i, numbers in enumerate(zip(row.mean, row.low, row.high, strict=True))
    ]
    rows += [("effective_directions", name, "", *spread(row.directions)) for name, row in table.spectra.items()]
    rows += [
        ("reach", name, i + 1, *spread(row.t))
        for name, several in table.reaches.items()
        for i, row in enumerate(several)
    ]
    rows += [("reach", "random", "", *spread(table.random.t)), ("reach", "nearest", "", *spread(table.nearest.t))]
    for name, row in table.dimensions.items():
        rows += [("two_nn", name, "", *spread(row.two_nn)), ("likelihood", name, "", *spread(row.likelihood))]
    lines = ((measure, of, at, *(f"{number:.4g}" for number in numbers)) for measure, of, at, *numbers in rows)
    return tables.comma_separated(("measure", "of", "place", "value", "low", "high"), lines)
