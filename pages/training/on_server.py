"""Larger networks, trained on the server: one at a time for each visitor, through the queue of all slow work."""

import base64
from dataclasses import dataclass, replace

import streamlit as st

from aecore.recipes import RECIPES
from aecore.training.short import SHORT, Progress
from pages.training import yours
from ui import messages, theme
from ui.server import jobs
from ui.server.jobs import Job

SEAT = "training_server"
_STATE = "_training_server"
TRAINED = "Yours (server)"
GONE = "This training ended when you left the page. Press Train to begin again."
WIDE, HIGH = 600, 150  # of the curve, in its own units


@dataclass(frozen=True)
class Asked:
    """What a visitor has asked for, and how it stands. cancelled: by their own hand."""

    recipe: str
    seed: int
    job: Job
    cancelled: bool = False


@messages.fragment(key="training_server_part")
def show() -> None:
    """The section."""
    st.header("Larger networks, on the server", anchor=False)
    asked: Asked | None = st.session_state.get(_STATE)
    running = asked is not None and not asked.job.over
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Network", list(SHORT), format_func=lambda name: RECIPES[name].title, key="training_recipe",
            bind="query-params", width=280,
        )  # fmt: skip
        seed = st.number_input("Seed", 0, 9999, 0, key="training_recipe_seed", bind="query-params", width=110)
        if running:
            st.button("Cancel", icon=":material/close:", on_click=_cancel, key="training_server_cancel")
        else:
            st.button("Train", icon=":material/play_arrow:", on_click=_start, args=(name, seed), key="training_server")
    st.caption(f"{RECIPES[name].summary} Here: {SHORT[name].words(RECIPES[name])}.")
    if asked is None:
        return
    if running:
        _watch(asked)
    elif asked.job.state == "cancelled" and not asked.cancelled:
        st.caption(f":material/info: {GONE}")
    elif not jobs.failed(asked.job):
        _done(asked)


def _start(name: str, seed: int) -> None:
    _cancel()
    job = jobs.ask(SEAT, "aecore.training.short:train", name, seed, key=(name, seed))
    st.session_state[_STATE] = Asked(name, seed, job)


def _cancel() -> None:
    if (asked := st.session_state.get(_STATE)) is not None:
        st.session_state[_STATE] = replace(asked, cancelled=True)
    jobs.release(SEAT)


@messages.fragment(run_every=0.5)
def _watch(asked: Asked) -> None:
    """Where it stands, twice a second."""
    job = asked.job
    progress: Progress | None = job.result or job.news
    if job.state == "waiting":
        st.progress(0.0, text=f"{jobs.words(job)} …")
    elif progress is None or not progress.steps:
        st.progress(0.0, text="Loading the digits …")
    else:
        text = f"Step {progress.step:,} of {progress.steps:,}, {progress.speed:,.0f} images a second"
        st.progress(progress.step / progress.steps, text=f"{text}, {progress.left:.0f} s left")
        st.html(curve(progress))
    if job.over:
        st.rerun()


def _done(asked: Asked) -> None:
    """The curve, and what the network is good for now."""
    progress: Progress = asked.job.result
    st.html(curve(progress))
    early = f" It was stopped there, of {progress.steps:,}: it took too long." * (progress.step < progress.steps)
    st.caption(f"{RECIPES[asked.recipe].title}, seed {asked.seed}, after {progress.step:,} steps.{early}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Use it", icon=":material/check:", key="training_server_use", on_click=yours.use,
            args=(progress.data, TRAINED), help="In Denoise, and on the Latent map.",
        )  # fmt: skip
        st.download_button(
            "Download", lambda: progress.data, f"{asked.recipe}.safetensors", "application/octet-stream",
            on_click="ignore", icon=":material/download:", key="training_server_download",
            help="A checkpoint: aecore.load reads it, and Denoise and Latent map open it again.",
        )  # fmt: skip
        yours.links(TRAINED)


def curve(progress: Progress) -> str:
    """The loss of the batches, and dots for the held-out digits, as HTML."""
    shown = progress.curve[len(progress.curve) // 20 :]  # the first steps are far above
    if len(shown) < 2:
        return ""
    values = [value for _, value in (*shown, *progress.held)]
    low, high = min(values), max(max(values), min(values) + 1e-9)
    text, muted, _, _ = theme.neutral()

    def place(step: int, value: float) -> tuple[float, float]:
        return 48 + (WIDE - 60) * step / progress.steps, 12 + (HIGH - 40) * (high - value) / (high - low)

    def label(x: float, y: float, words: str) -> str:
        return f'<text x="{x}" y="{y:.1f}" text-anchor="end" font-size="12" fill="{muted}">{words}</text>'

    path = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in shown)
    dots = (place(*point) for point in progress.held)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif">',
        f'<polyline points="{path}" fill="none" stroke="{theme.kind_color("ae")}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{text}"/>' for x, y in dots),
        *(label(42, place(0, value)[1] + 4, f"{value:,.1f}") for value in (low, high)),
        label(WIDE - 12, HIGH - 6, f"{progress.steps:,} steps"),
        "</svg>",
    ]
    words = f"The loss, from {shown[0][1]:.1f} to {shown[-1][1]:.1f}"
    if progress.held:
        words += f"; dots: held-out digits, now {progress.held[-1][1]:.1f}"
    picture = base64.b64encode("".join(parts).encode()).decode()
    return (
        f'<img alt="{words}" src="data:image/svg+xml;base64,{picture}" style="width:100%;max-width:{WIDE}px">'
        f'<div style="font-size:.85rem">{words}.</div>'
    )
