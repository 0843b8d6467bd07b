"""The Generate page's evidence: what is still read as asked, and how varied it is, as the temperature rises."""

import functools
import logging
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.latent import samples
from aecore.latent.realism import real_digits
from aecore.latent.styles import directions, measure
from pages.generate import writer
from pages.generate.writer import Writing
from ui import theme
from ui.output import charts
from ui.serving import available

TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
EACH = 200  # samples a temperature and model
_DASHES = {"cvae": "solid", "cvae-2": "dash"}
_pool = ThreadPoolExecutor(1, "generate")
log = logging.getLogger(__name__)


@functools.cache
def prepare(engine: Engine) -> Future:
    """Compute once a process what all visitors share and what takes seconds: the stage does not wait for it."""
    return _pool.submit(_prepare, engine)


def _prepare(engine: Engine) -> None:
    try:
        for name in available(engine, *writer.MODELS):
            directions(engine, name)
            by_temperature(engine, name)
        real_digits(engine)
    except Exception as error:  # the part that needs it says so in its place
        log.warning("Not prepared: %s", error)


def by_temperature(engine: Engine, name: str) -> tuple[list[float], list[float]]:
    """Agreement and variety of a conditional model's samples at TEMPERATURES; remembered. Raises: CheckpointError."""
    return _by_temperature(engine, name, engine.card(name).sha256)


@functools.lru_cache(maxsize=8)
def _by_temperature(engine: Engine, name: str, sha256: str) -> tuple[list[float], list[float]]:
    """The second list: standard deviation of the slant within a class, as a share of real digits'."""
    y = torch.arange(EACH) % 10
    agreement, variety = [], []
    for each in TEMPERATURES:
        found = samples.draw(engine, name, y, torch.Generator().manual_seed(0), each)
        slant = measure(torch.from_numpy(found.x).float()[:, None] / 255)[:, 0].view(-1, 10)  # columns: classes
        agreement.append(found.agreement)
        variety.append(float((slant - slant.mean(0)).std() / directions(engine, name).sd[0]))
    return agreement, variety


def show(engine: Engine, now: Writing) -> None:
    """Two charts: what the judge still reads, and how varied the slant is, as the temperature rises."""
    names = available(engine, "cvae", "cvae-2")
    curves = {name: by_temperature(engine, name) for name in names if available(engine, "judge")}
    if not curves:
        st.caption("There is no judge here to ask. Train one with: `python -m aecore train judge`.")
        return
    place = min(range(len(TEMPERATURES)), key=lambda i: abs(TEMPERATURES[i] - now.temperature))
    cold, hot = (100 * curves[names[0]][0][i] for i in (0, -1))
    st.markdown(
        f"Near the prior's middle nearly every sample is what was asked ({cold:.1f} % at "
        f"{TEMPERATURES[0]}); far out {100 - hot:.0f} % are not. But cold samples all look alike: what you gain in "
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
        rows = [f"{label} {values[place]:.1f} %" for label, (_, values) in labelled.items()]
        with column:
            st.plotly_chart(
                _chart(labelled, title, now.temperature), theme=None, config={"displayModeBar": False},
                key=f"generate_chart_{which}", alt=f"{title}. At {TEMPERATURES[place]}: {', '.join(rows)}.",
            )  # fmt: skip


def _chart(curves: dict[str, tuple[str, list[float]]], title: str, now: float):
    import plotly.graph_objects as go  # late: half a second that the stage need not wait for

    text, muted, grid, ground = theme.neutral()
    color = theme.kind_color("cvae")
    figure = go.Figure()
    for label, (name, values) in curves.items():
        figure.add_scatter(
            x=TEMPERATURES, y=values, mode="lines+markers", name=label, marker={"size": 6},
            line={"color": color, "width": 2.4, "dash": _DASHES.get(name, "dot")},
            hovertemplate="%{y:.1f} %<extra>" + label + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=now, line={"color": muted, "width": 1, "dash": "dot"}, layer="below")
    figure.update_layout(
        height=300, margin={"l": 40, "r": 12, "t": 30, "b": 66}, hovermode="x unified",
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        font={"color": text, "size": 13, "family": charts.FONT},
        legend={"orientation": "h", "y": -0.2, "x": 0, "font": {"size": 13, "color": text}},
        title={"text": title, "font": {"size": 13, "color": muted}, "x": 0, "xref": "container", "y": 0.98,
               "yanchor": "top"},
        hoverlabel={"bgcolor": ground, "font": {"color": text, "family": charts.FONT}},
        xaxis={"range": [0.2, 2.05], "tickvals": [0.5, 1, 1.5, 2], "gridcolor": grid, "zeroline": False,
               "fixedrange": True, "tickfont": {"color": muted},
               "title": {"text": "temperature", "font": {"color": muted, "size": 13}, "standoff": 6}},
        yaxis={"gridcolor": grid, "zeroline": False, "fixedrange": True, "tickfont": {"color": muted}},
    )  # fmt: skip
    return figure
