"""The Upsampling page's evidence: errors and energy at period 2, before and after training, over three seeds."""

from math import hypot

import streamlit as st

from aecore.engine import Engine
from aecore.intervals import interval
from aecore.models import build
from aecore.recipes import RECIPES, UPSAMPLED
from aecore.upsampling import table
from aecore.upsampling.table import Measured, Row
from pages.upsampling import figures
from pages.upsampling.decoders import UNPOOLING
from ui import messages
from ui.glossary import explain
from ui.output import tables
from ui.output.charts import show_chart

TITLES = {name: title for name, (_, title, _) in UPSAMPLED.items()}
PLAIN = "up-nearest"
RIVALS = ("up-transposed-3", "up-transposed-4")
COLUMNS = {  # head -> field of a row and how it is written
    "Period 2, trained": ("trained", "{:.2f}", "%"),
    "Squared error, a pixel": ("mse", "{:.5f}", ""),
    "PSNR": ("psnr", "{:.2f}", " dB"),
    "Of the error at period 2": ("error", "{:.1f}", "%"),
    "Judge reads it right": ("read", "{:.1f}", "%"),
}
CLEAR = 2.0  # times the digits' own energy; less is no checkerboard that training left


def show(engine: Engine, measured: Measured) -> None:
    """What the numbers say in sentences, the chart and the table."""
    messages.stale(measured.stale(engine), table.AGAIN)
    st.markdown(takeaway(measured))
    curves = {name: (TITLES[name], measured.curves[name]) for name in UPSAMPLED}
    show_chart(figures.training(curves, measured.digits), "upsampling_chart", spoken(measured))
    with st.container(key="upsampling_table"):
        st.markdown(markdown(measured))
    st.markdown(places(measured))
    st.caption(
        f"{explain('period 2')} {measured.queries:,} test digits; ± is the 95% interval over {table.SEEDS} seeds. "
        f"Random weights: mean and range of {len(measured.untrained[PLAIN])} starts. "
        "All four are trained alike: 20 epochs, the same encoder, 16 numbers."
    )


def takeaway(measured: Measured) -> str:
    """Whether training removes the checkerboard, and who is best: from the numbers alone."""
    before = {name: sum(shares) / len(shares) for name, shares in measured.untrained.items()}
    after = mean(measured, "trained")
    worst = max(after.values())
    removed = worst < CLEAR * measured.digits
    even, uneven = before["up-transposed-4"], before["up-transposed-3"]
    text = (
        f"**{'Yes, here it does' if removed else 'No, not all of it'}.** With random weights {uneven:.0f}% (3x3/2) and "
        f"{even:.0f}% (4x4/2) of the output's energy is at period 2, and {before[PLAIN]:.1f}% with nearest. "
        f"Trained, no decoder has more than {worst:.2f}%; the digits themselves have {measured.digits:.2f}%"
        f"{': every decoder is too smooth' if worst < measured.digits else ''}. "
    )
    if even > 0.5 * uneven:
        text += "Even overlap alone does not help: a random 4 x 4 kernel weighs odd cells otherwise than even ones. "
    gaps = {name: 100 * (error / mean(measured, "mse")[PLAIN] - 1) for name, error in mean(measured, "mse").items()}
    rivals = ", ".join(f"{TITLES[name]} {'+' if gaps[name] >= 0 else '−'}{abs(gaps[name]):.1f}%" for name in RIVALS)
    level = all(_level(measured, name) for name in RIVALS)
    return text + (
        f"Squared error beside nearest and convolution: {rivals}{', no more than the seeds differ' if level else ''}."
    )


def _level(measured: Measured, name: str) -> bool:
    """Whether a decoder's squared error lies within the seeds' intervals of the plain one's."""
    (own, half), (plain, about) = (interval([row.mse for row in measured.rows[one]]) for one in (name, PLAIN))
    return abs(own - plain) <= hypot(half or 0, about or 0)


def places(measured: Measured) -> str:
    """What unpooling's places are worth."""
    recipe = RECIPES[UNPOOLING]
    model = build(recipe.family, recipe.config)
    bits, code = 2 * model.places, model.config.latent_dim
    own = mean(measured, "mse")
    alone, corners, strangers, by_places, by_code = (
        interval([getattr(row, field) for row in measured.places])[0]
        for field in ("alone", "corners", "strangers", "by_places", "by_code")
    )
    return (
        f"**Unpooling gets more than the code.** Beside {code} numbers its decoder is told {bits:,} bits of places. "
        f"Transposed 3x3/2 does the same sum without them: its error is {own['up-transposed-3']:.5f}, unpooling's "
        f"{own['up-unpooling']:.5f}. With the right places and the mean code the error is {alone:.5f} (the mean "
        f"digit's: {measured.mean_mse:.5f}), with the right code and another digit's places {strangers:.5f}, with all "
        f"places in one corner {corners:.5f}. Given one digit's code and another's places, the judge reads the "
        f"places' class {by_places:.0f}% of the time, the code's {by_code:.0f}%."
    )


def mean(measured: Measured, field: str) -> dict[str, float]:
    """Mean over seeds of a field of the rows, by decoder."""
    return {name: interval([getattr(row, field) for row in rows])[0] for name, rows in measured.rows.items()}


def markdown(measured: Measured) -> str:
    """The rows as a table."""
    rows = ((TITLES[name], spread(measured.untrained[name]), *cells(measured.rows[name])) for name in UPSAMPLED)
    return tables.markdown(("", "Period 2, random weights", *COLUMNS), rows)


def spread(shares: list[float]) -> str:
    """Over random starts, as "53% (8 to 78)"."""
    digits = 0 if max(shares) > 10 else 1
    return f"{sum(shares) / len(shares):.{digits}f}% ({min(shares):.{digits}f} to {max(shares):.{digits}f})"


def cells(rows: list[Row]) -> list[str]:
    """One decoder's numbers, with their intervals."""
    texts = []
    for field, form, unit in COLUMNS.values():
        middle, half = interval([getattr(row, field) for row in rows])
        texts.append(f"{form.format(middle)} ± {form.format(half or 0)}{unit}")
    return texts


def spoken(measured: Measured) -> str:
    """The chart in words."""
    ends = (f"{TITLES[name]} {curve[0].period_two:.1f} to {curve[-1].period_two:.2f}%" for name, curve in
            measured.curves.items())  # fmt: skip
    return "; ".join(ends)
