"""The Generate page's evidence: what is still read as asked, and how varied it is, as the temperature rises."""

import streamlit as st

from aecore.engine import Engine
from aecore.latent.samples import TEMPERATURES
from pages.generate.writer import Writing
from ui import theme
from ui.output import charts
from ui.server import jobs
from ui.server.jobs import Job
from ui.serving import available

_DASHES = {"cvae": "solid", "cvae-2": "dash"}
SOON = 0.3  # s that the part waits for its numbers before it shows a skeleton


def show(engine: Engine, now: Writing) -> None:
    """Two charts: what the judge still reads, and how varied the slant is, as the temperature rises."""
    names = available(engine, "cvae", "cvae-2")
    if not names or not available(engine, "judge"):
        st.caption("There is no judge here to ask. Train one with: `python -m aecore train judge`.")
        return
    asked = {name: _by_temperature(engine, name) for name in names}
    waiting = [_seat(name) for name, job in asked.items() if not job.wait(SOON)]
    if waiting:
        st.skeleton(height=380)
        jobs.follow(*waiting)
        return
    curves = {name: job.value() for name, job in asked.items()}
    place = min(range(len(TEMPERATURES)), key=lambda i: abs(TEMPERATURES[i] - now.temperature))
    cold, hot = (100 * curves[names[0]][0][i] for i in (0, -1))
    st.markdown(
        f"Near the prior's middle nearly every sample is what was asked ({cold:.1f}% at "
        f"{TEMPERATURES[0]}); far out {100 - hot:.0f}% are not. But cold samples all look alike: what you gain in "
        "certainty you lose in variety."
    )
    titles = (
        "Agreement of the judge, %, higher is better",
        "Variety of the slant, % of real digits', 100 is natural",
    )
    for column, title, which in zip(st.columns(2), titles, (0, 1), strict=True):
        labelled = {
            engine.card(name).title: (name, [100 * value for value in values[which]]) for name, values in curves.items()
        }
        rows = [f"{label} {values[place]:.1f}%" for label, (_, values) in labelled.items()]
        with column:
            charts.show_chart(
                _chart(labelled, title, now.temperature),
                key=f"generate_chart_{which}",
                alt=f"{title}. At {TEMPERATURES[place]}: {', '.join(rows)}.",
            )


def _by_temperature(engine: Engine, name: str) -> Job:
    key = engine.card(name).sha256, engine.card("judge").sha256
    return jobs.ask(_seat(name), "aecore.latent.samples:by_temperature", name, key=key)


def _seat(name: str) -> str:
    return f"generate_curve_{name}"


def _chart(curves: dict[str, tuple[str, list[float]]], title: str, now: float):
    color = theme.kind_color("cvae")
    figure = charts.chart(
        300,
        title,
        margin={"l": 40, "r": 12, "t": 30, "b": 66},
        legend={"y": -0.2},
        xaxis={"range": [0.2, 2.05], "tickvals": [0.5, 1, 1.5, 2], "title": {"text": "temperature", "standoff": 6}},
    )
    for label, (name, values) in curves.items():
        figure.add_scatter(
            x=TEMPERATURES, y=values, mode="lines+markers", name=label, marker={"size": 6},
            line={"color": color, "width": 2.4, "dash": _DASHES.get(name, "dot")},
            hovertemplate="%{y:.1f}%<extra>" + label + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=now, line={"color": theme.neutral()[1], "width": 1, "dash": "dot"}, layer="below")
    return figure
