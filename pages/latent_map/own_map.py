"""Make your own map: a method and its parameters, up to 5,000 digits, progress while it runs, and a way to stop it."""

import itertools
import logging
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.maps import methods
from aecore.maps import shipped as projections
from aecore.maps.shipped import Step
from pages.latent_map import board, points
from ui import theme
from ui.input import digit as inputs

COUNTS = (500, 1_000, 2_000, 5_000)
OFFERED = ("umap", "tsne")
_PATIENCE = 10  # s after which work that nobody watches any more is stopped
_JOB = "_map_job"
_numbers = itertools.count(1)
log = logging.getLogger("autoencoder_lab")


@dataclass
class Job:
    """One visitor's map in the making; `step` is its latest news, written by the thread that computes it."""

    method: str
    count: int
    parameters: dict
    seed: int
    number: int = field(default_factory=lambda: next(_numbers))
    step: Step = field(default_factory=lambda: Step(0.0, "starting"))
    shown: Step | None = None  # the latest step that has coordinates
    problem: str = ""
    running: bool = True
    stop: bool = False
    seen: float = field(default_factory=time.monotonic)  # when the page last asked

    def run(self) -> None:
        """Compute, until done, stopped or forgotten."""
        images, labels = inputs.test_digits()
        x = images[: self.count].float() / 255
        try:
            with closing(projections.fit(self.method, x, self.parameters, self.seed, labels[: self.count])) as steps:
                for self.step in steps:
                    if self.step.coordinates is not None:
                        self.shown = self.step
                    if self.stop or time.monotonic() - self.seen > _PATIENCE:
                        break
        except AecoreError as error:
            self.problem = str(error)
        except Exception:
            log.exception("A visitor's map failed")
            self.problem = "The map could not be computed, and the details were logged. Try other parameters."
        self.running = False


@st.fragment(key="map_workshop")
def show(engine: Engine) -> None:
    """The section: controls, then the map in the making beside the one that ships."""
    st.subheader("Make your own map", anchor=False)
    st.markdown("UMAP and t-SNE have knobs, and the picture depends on them. Turn one, and see what was an artefact.")
    job: Job | None = st.session_state.get(_JOB)
    running = job is not None and job.running
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.segmented_control(
            "Method",
            OFFERED,
            default=OFFERED[0],
            required=True,
            format_func=lambda name: methods.METHODS[name].label,
            key="map_own_method",
            bind="query-params",
        )
        count = st.select_slider(
            "Test digits", COUNTS, COUNTS[1], key="map_own_count", bind="query-params", width=190,
            format_func=lambda number: f"{number:,}",
        )  # fmt: skip
        parameters = {name: _ask(method, name) for name in methods.METHODS[method].parameters}
        seed = st.number_input("Seed", 0, 9999, 0, key="map_own_seed", bind="query-params", width=110)
        if running:
            st.button("Cancel", icon=":material/close:", on_click=_cancel, key="map_own_cancel")
        else:
            st.button(
                "Make the map",
                icon=":material/play_arrow:",
                type="primary",
                on_click=_start,
                args=(method, count, parameters, seed),
                key="map_own_start",
            )
    if job is None:
        return
    if running:
        _watch(job)
    elif job.problem:
        st.warning(job.problem, icon=":material/info:")
    elif not job.step.done:
        st.caption(":material/info: Cancelled.")
    if job.shown is not None or running:
        _panels(engine, job)
    if job.shown is not None and not running:
        _send(job)


def _ask(method: str, name: str):
    """A control for one parameter of a method."""
    each = methods.METHODS[method].parameters[name]
    key = f"map_own_{method}_{name}"
    common = {"key": key, "bind": "query-params", "help": each.help}
    if each.choices:
        return st.selectbox(each.label, each.choices, each.choices.index(each.default), width=150, **common)
    step = 1 if isinstance(each.default, int) else 0.05
    return st.number_input(each.label, each.low, each.high, each.default, step, width=150, **common)


def _start(method: str, count: int, parameters: dict, seed: int) -> None:
    _cancel()
    job = Job(method, count, parameters, seed)
    st.session_state[_JOB] = job
    threading.Thread(target=job.run, name=f"map-{job.number}", daemon=True).start()


def _cancel() -> None:
    job = st.session_state.get(_JOB)
    if job is not None:
        job.stop = True
        job.running = False


@st.fragment(run_every=0.5)
def _watch(job: Job) -> None:
    """Polls a running job twice a second: a progress bar, and the map as it grows."""
    job.seen = time.monotonic()
    step = job.step
    st.progress(min(max(step.share, 0.0), 1.0), text=f"{step.phase[:1].upper()}{step.phase[1:]} …")
    if job.shown is not None:
        _send(job)
    if not job.running:
        st.rerun()


def _send(job: Job) -> None:
    coordinates = job.shown.coordinates.numpy()
    points.bring_own(_identity(job), coordinates, np.arange(job.count), key="map_own_points")


def _identity(job: Job) -> str:
    return f"own {job.number}"


def _panels(engine: Engine, job: Job) -> None:
    """The visitor's map and the shipped one of the same method, with the same digits, linked."""
    label = methods.METHODS[job.method].label
    settings = ", ".join(f"{name} {value}" for name, value in job.parameters.items())
    metrics = job.step.metrics or {}
    own = {
        "name": "own",
        "id": _identity(job),
        "title": f"Your {label}",
        "subtitle": f"{job.count:,} digits, {settings}, seed {job.seed}",
        "summary": "Made with your parameters.",
        "color": theme.kind_color("classical"),
        "model": None,
        "decodes": False,
        "prior": False,
        "place": "none",
        "numbers": board.numbers(metrics),
    }
    shipped = [found for found in board.sound() if found.name == job.method]
    specs = [own, *(board.panel(engine, found) | {"place": "none"} for found in shipped)]
    board.mount(engine, specs, shipped, job.count, "map_own_board")
