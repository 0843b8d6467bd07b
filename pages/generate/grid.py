"""Class against style: ten classes by ten styles, and a chart of what the columns measure."""

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.latent.styles import HELD, STYLES, directions, measure
from pages.generate import writer
from pages.generate.figures import along_columns
from pages.generate.writer import Writing
from ui.input.choice import choice
from ui.output.charts import show_chart
from ui.output.gallery import Row, gallery

COLUMNS = 10  # styles of the grid
FURTHEST = 2.0  # sd, at the ends of the grid's rows


def grid(engine: Engine, now: Writing) -> None:
    """Ten classes by ten styles; a click on a digit brings its style to the desk."""
    kinds = {"random": "Ten random", **{name: style.label for name, style in STYLES.items()}}
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        along = choice(
            "Columns", list(kinds), format_func=kinds.get, default="random",
            key="generate_columns",
        )  # fmt: skip
    z = _columns(engine, now, along)
    y = torch.arange(10).repeat_interleave(len(z))
    x = engine.decode(now.model, z.repeat(10, 1), y)
    p = engine.classify(x)
    agreed = int((p.argmax(1) == y).sum())
    heads = [str(place + 1) for place in range(len(z))]
    measured = measure(x).view(10, len(z), -1).mean(0)  # (columns, styles), means of the ten classes
    order = None
    if along != "random":
        order, style = list(STYLES).index(along), STYLES[along]
        heads = [writer.number(along, value) for value in measured[:, order].tolist()]
        unit = {"°": "degrees"}.get(style.unit, style.unit)
        st.caption(f"Over each column: its measured {along}, mean of the ten classes, in {unit}.")
    rows = [Row(str(digit), x[y == digit], p[y == digit], [digit] * len(z)) for digit in range(10)]

    def pick(row: int, column: int) -> None:
        writer.write(now, tuple(round(value, 3) for value in z[column].tolist()))

    with st.container(horizontal=True, gap="large"):
        with st.container(width=600):
            gallery(rows, "generate_grid", heads=heads, on_pick=pick)
        with st.container(width="stretch"):
            st.markdown(f"### The judge reads {agreed} of {len(y)} as asked")
            st.markdown(
                "Down a column the code stays and only the class changes; along a row the class stays and only the "
                "code changes. " + ("" if along == "random" else _told(engine, now.model, along))
            )
            st.caption("Click a digit to write your number in its style. Red: the judge reads another digit.")
            _chart(engine, now, measured, order)


def _chart(engine: Engine, now: Writing, measured: Tensor, order: int | None) -> None:
    """What the columns measure: whether a walk along one style changes that style, and leaves the others alone."""
    change = (measured - measured.mean(0)) / directions(engine, now.model).sd
    if order is None:
        x, title = range(1, COLUMNS + 1), "column"
        words = "How the ten styles differ: mean of the ten classes, in standard deviations of real digits of a class."
    else:
        name = list(STYLES)[order]
        x, title = torch.linspace(-FURTHEST, FURTHEST, COLUMNS).tolist(), f"{name} asked for, sd"
        words = f"Does a step along the {name} do what it says, and leave the other two alone? Means of ten classes."
    chart = along_columns(x, change, [style.label for style in STYLES.values()], order, title)
    widest = (change.amax(0) - change.amin(0)).tolist()
    spans = [f"{style} {span:.1f}" for style, span in zip(STYLES, widest, strict=True)]
    alt = f"Slant, width and thickness of each column. From the least to the most, in sd: {', '.join(spans)}."
    show_chart(chart, key="generate_columns_chart", alt=alt)
    st.caption(words)


def _columns(engine: Engine, now: Writing, along: str) -> Tensor:
    """The codes of the grid's columns, (COLUMNS, latent_dim)."""
    dim = engine.card(now.model).config["latent_dim"]
    if along == "random":
        rng = torch.Generator().manual_seed(now.seed)
        return now.temperature * torch.randn(COLUMNS, dim, generator=rng)
    axes = directions(engine, now.model)
    steps = torch.linspace(-FURTHEST, FURTHEST, COLUMNS).tolist()
    return torch.stack([now.start(dim) + axes.step({along: step}) for step in steps])


def _told(engine: Engine, model: str, style: str) -> str:
    """How much of a style the model's code holds, in a sentence."""
    r2 = float(directions(engine, model).r2[list(STYLES).index(style)])
    if r2 < HELD:
        return (
            f"These {engine.card(model).config['latent_dim']} numbers hardly hold the {style}: they tell "
            f"{max(0, 100 * r2):.0f}% of its variance within a class (R² {r2:.2f}), so the row hardly changes."
        )
    return f"The code tells {100 * r2:.0f}% of the {style}'s variance within a class (R² {r2:.2f}, held-out digits)."
