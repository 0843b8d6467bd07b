"""Make your own map: a method and its parameters, up to 5,000 digits, progress while it runs, and a way to stop it."""

import numpy as np
import streamlit as st

from aecore.engine import Engine
from aecore.maps import methods
from pages.latent_map import board, points
from pages.latent_map.state import WORKSHOP, Made, state
from ui import messages, theme
from ui.input.choice import choice
from ui.server import jobs

COUNTS = (500, 1_000, 2_000, 5_000)
OFFERED = ("umap", "tsne")
SEAT = "map_own"


@messages.fragment(key=WORKSHOP)
def show(engine: Engine) -> None:
    """The section: controls, then the map in the making beside the one that ships."""
    st.header("Make your own map", anchor=False)
    st.markdown("UMAP and t-SNE have knobs, and the picture depends on them. Turn one, and see what was an artefact.")
    made = state().made
    running = made is not None and not made.job.over
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = choice(
            "Method",
            OFFERED,
            default=OFFERED[0],
            format_func=lambda name: methods.METHODS[name].label,
            key="map_own_method",
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
    if made is None:
        return
    if running:
        _watch(made)
    else:
        jobs.failed(made.job)
    if made.step.coordinates is not None or running:
        _panels(engine, made)
    if made.step.coordinates is not None and not running:
        _send(made)


def _ask(method: str, name: str):
    """A control for one parameter of a method."""
    parameter = methods.METHODS[method].parameters[name]
    key = f"map_own_{method}_{name}"
    common = {"key": key, "bind": "query-params", "help": parameter.help}
    if parameter.choices:
        first = parameter.choices.index(parameter.default)
        return st.selectbox(parameter.label, parameter.choices, first, width=150, **common)
    step = 1 if isinstance(parameter.default, int) else 0.05
    return st.number_input(parameter.label, parameter.low, parameter.high, parameter.default, step, width=150, **common)


def _start(method: str, count: int, parameters: dict, seed: int) -> None:
    _cancel()
    key = (method, count, *parameters.items(), seed)
    job = jobs.ask(SEAT, "aecore.maps.shipped:fit_test_digits", method, count, parameters, seed, key=key)
    state().made = Made(method, count, parameters, seed, job)


def _cancel() -> None:
    jobs.release(SEAT)


@messages.fragment(run_every=0.5)
def _watch(made: Made) -> None:
    """Polls a running job twice a second: a progress bar, and the map as it grows."""
    step = made.step
    text = jobs.words(made.job) if made.job.state == "waiting" else f"{step.phase[:1].upper()}{step.phase[1:]}"
    st.progress(min(max(step.share, 0.0), 1.0), text=f"{text} …")
    if step.coordinates is not None:
        _send(made)
    if made.job.over:
        st.rerun()


def _send(made: Made) -> None:
    points.send_own_map(_identity(made), made.step.coordinates.numpy(), np.arange(made.count), key="map_own_points")


def _identity(made: Made) -> str:
    return f"own {made.number}"


def _panels(engine: Engine, made: Made) -> None:
    """The visitor's map and the shipped one of the same method, with the same digits, linked."""
    label = methods.METHODS[made.method].label
    settings = ", ".join(f"{name} {value}" for name, value in made.parameters.items())
    metrics = made.step.metrics or {}
    own = {
        "name": "own",
        "id": _identity(made),
        "title": f"Your {label}",
        "summary": f"{made.count:,} digits, {settings}, seed {made.seed}.",
        "color": theme.kind_color("classical"),
        "model": None,
        "decodes": False,
        "prior": False,
        "place": "none",
        "numbers": board.numbers(metrics),
        "measured": f"Measured on {made.count:,} test digits. {settings}, seed {made.seed}.",
    }
    shipped = [shipped_map for shipped_map in board.sound() if shipped_map.name == made.method]
    specs = [own, *(board.panel(engine, shipped_map) | {"place": "none"} for shipped_map in shipped)]
    board.mount(engine, specs, shipped, made.count, "map_own_board")
