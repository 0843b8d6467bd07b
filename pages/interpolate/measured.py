"""Below the walk: how far each path strays from real digits, where it runs on the map, downloads, and the hood."""

import functools
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import realism
from pages.interpolate import downloads, figures
from pages.interpolate.state import state
from pages.interpolate.walk import LABELS, Row, Walk
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.digit import all_test_digits
from ui.output import verdict
from ui.output.charts import show_chart
from ui.server import jobs

MEASURES = {
    "distance": "Distance",
    "confidence": "Confidence",
    "surprise": "Negative ELBO",
}
_NAMES = MEASURES | {"distance": "Distance to real digits", "confidence": "The judge's confidence"}
_TERMS = {"distance": "nearest digit", "confidence": "judge", "surprise": "negative ELBO"}
_SAMPLES = 4  # of q(z|x) for the ELBO
_LIKELIHOOD = "vae"  # the model whose ELBO is shown
MAP = "vae-2"  # the model whose plane is shown
BACKGROUND = 2_000  # test digits on the map
SEAT = "interpolate_survey"
SOON = 0.3  # s that the part waits for the survey


@dataclass(frozen=True)
class Measured:
    """A row in numbers, each (T,): distance in usual distances; nearest: index of that training digit; reads and sure:
    the judge's digit and its probability; surprise: negative ELBO in nats, None without that model; place: (T, 2) on
    the map, None without its model."""

    row: Row
    distance: Tensor
    nearest: Tensor
    reads: Tensor
    sure: Tensor
    surprise: Tensor | None
    place: Tensor | None


def measure(engine: Engine, current: Walk) -> list[Measured]:
    """Measure all rows in one pass each. Raises: CheckpointError: there is no judge."""
    x = torch.cat([row.x for row in current.rows])  # (rows * T, 1, 28, 28)
    distance, nearest = realism.real_digits(engine).nearest(realism.features_of(engine, x))
    sure, reads = engine.classify(x).max(1)
    try:
        rng = torch.Generator().manual_seed(0)
        surprise = realism.negative_elbo(engine, _LIKELIHOOD, x, _SAMPLES, rng)
    except AecoreError:
        surprise = None
    try:
        place = engine.encode(MAP, x)
    except AecoreError:
        place = None
    columns = (distance, nearest, reads, sure, surprise, place)
    parts = [[None] * len(current.rows) if column is None else column.split(len(current.t)) for column in columns]
    return [Measured(row, *values) for row, *values in zip(current.rows, *parts, strict=True)]


@functools.lru_cache(maxsize=1)
def _usual_surprise(engine: Engine) -> tuple[float, float]:
    """5th and 95th percentile of the negative ELBO of 500 real test digits, in nats."""
    x = all_test_digits()[0][:500].float() / 255
    surprise = realism.negative_elbo(engine, _LIKELIHOOD, x, 1, torch.Generator().manual_seed(0))
    return float(surprise.quantile(0.05)), float(surprise.quantile(0.95))


@functools.lru_cache(maxsize=1)
def _background(engine: Engine) -> tuple[Tensor, Tensor]:
    """Where test digits lie on the map, (N, 2), and their classes."""
    images, labels = all_test_digits()
    return engine.encode(MAP, images[:BACKGROUND].float() / 255), labels[:BACKGROUND]


def show(engine: Engine, current: Walk) -> None:
    """Draw everything that belongs to one Walk but need not follow the pen."""
    now = state()
    if now.measured is None or now.measured[0] is not current:
        now.measured = current, measure(engine, current)
    _, measured = now.measured
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("Who leaves the manifold of digits?", help=explain("nearest digit"), anchor=False)
        st.space("stretch")
        downloads.buttons(current, measured)
    st.markdown(takeaway(current, measured))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        which = choice(
            "Measure",
            list(MEASURES),
            format_func=MEASURES.get,
            default="distance",
            key="interpolate_measure",
            label_visibility="collapsed",
        )
        own = " It is the VAE's own measure, so the VAE's row is at an advantage." if which == "surprise" else ""
        st.caption(explain(_TERMS[which]) + own)
        chart, alt = _chart(engine, which, current, measured)
        show_chart(chart, key="interpolate_chart", alt=alt)
        st.caption(_survey_text(engine, current))
    with right:
        _map(engine, measured)


def _chart(engine: Engine, which: str, current: Walk, measured: list[Measured]):
    if which == "confidence":
        chart = figures.along(current.t, [(row.row, 100 * row.sure, row.reads) for row in measured], "%", None)
    elif which == "surprise":
        rows = [(row.row, row.surprise, row.reads) for row in measured if row.surprise is not None]
        chart = figures.along(current.t, rows, "nats", _usual_surprise(engine) if rows else None)
    else:
        rows = [(row.row, row.distance, row.reads) for row in measured]
        chart = figures.along(current.t, rows, "usual distances", realism.real_digits(engine).range)
    return chart, f"{_NAMES[which]} along each path. {takeaway(current, measured)}"


def _map(engine: Engine, measured: list[Measured]) -> None:
    drawn = [row for row in measured if row.place is not None]
    if not drawn:
        st.caption(f":material/info: The map needs the model {MAP}.")
        return
    st.markdown("**The same walks on the map**")
    st.caption("Every step's picture, encoded by VAE-2, among real test digits; VAE-2's own path as it was walked.")
    paths = [(row.row, row.row.z if row.row.id == MAP else row.place) for row in drawn]
    alt = "The plane of VAE-2's code: 2,000 test digits coloured by class, and the path of each row from A to B."
    chart = figures.on_map(paths, *_background(engine))
    show_chart(chart, key="interpolate_map", alt=alt)


def takeaway(current: Walk, measured: list[Measured]) -> str:
    """The evidence in a sentence or two, in numbers."""
    far = [(row.row.label, float(row.distance.max())) for row in measured if row.row.z is not None]
    fade = next((row for row in measured if row.row.z is None), None)
    if fade is None or current.refused:
        return verdict.strayed(None, far)
    half = int(fade.reads[len(fade.distance) // 2])
    return verdict.strayed((fade.row.label, float(fade.distance.max()), half), far)


def _survey_text(engine: Engine, current: Walk) -> str:
    """The same over many pairs, once a worker has measured them."""
    names = [row.id for row in current.rows if row.id != "pixels"]
    key = current.path, *names, *(engine.card(name).sha256 for name in [*names, "judge"])
    job = jobs.ask(SEAT, "aecore.latent.realism:survey", current.path, names, key=key)
    if not job.wait(SOON):
        jobs.follow(SEAT)
        return f"Not this pair alone: {realism.PAIRS} random pairs are being measured."
    survey = job.value()
    parts = [
        f"{LABELS[name]} {median:.1f}"
        + (f" (closer than the fade in {100 * survey.closer[name]:.0f}%)" if name in survey.closer else "")
        for name, median in survey.medians.items()
    ]
    return f"Not this pair alone: over {realism.PAIRS} random pairs the median distance halfway is {', '.join(parts)}."
