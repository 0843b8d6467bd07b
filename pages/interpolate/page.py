"""Interpolate: from one digit to another, through pixel space and through latent spaces."""

import streamlit as st

from ui import shell, url

shell.title(
    "Interpolate",
    "Halfway between two pictures lies a ghost; halfway between two codes lies a digit. Drag the slider from A to B.",
)

with shell.loading(660):
    from pages.interpolate import controls, equations, measured, transformations, try_next, walk
    from pages.interpolate.state import MEASURED, STAGE, WALK, state
    from ui import messages, serving
    from ui.live.networks import deliver
    from ui.output.network import inside
    from ui.output.try_next import followed

engine = serving.engine()
url.read(controls.SWAPPED)


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """Controls, and below them the ends with the walk between; a control reruns only this."""
    path, steps, rows = controls.path()
    sides = controls.sides()
    show_walk(sides, path, steps, rows)


@messages.fragment(key=WALK)
def show_walk(sides, path, steps, rows) -> None:
    """A on the left, B on the right, the walk between; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, middle, right = (st.container(width=width) for width in (controls.WIDTH, "stretch", controls.WIDTH))
    a, b = (controls.first(side) for side in sides)
    with left, messages.shown():
        a = controls.end("A", sides[0])
    with right, messages.shown():
        b = controls.end("B", sides[1])
    with middle, messages.shown():
        current = walk.walk(engine, a, b, path, steps, rows)
        reveal = followed("interpolate", "walk")
        rest = None if state().whole else show_the_rest  # in a run of the whole page it follows by itself
        walk.show(current, controls.pads(sides), "interpolate_walk_view", rest, reveal)
        messages.missing(current.problems)
        state().walk = current
    with messages.shown():
        inside(engine, walk.inner(rows), None, "interpolate_inside")


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, and the stage, lest a stroke in the same message be lost."""
    st.rerun([STAGE, MEASURED])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What may come a moment later: the charts, the downloads, the equations; reruns when the hand rests."""
    current = state().walk
    if current is not None:
        with messages.shown():
            measured.show(engine, current)
            transformations.show(engine, current, followed("interpolate", "more"))
            equations.show(engine, current)


state().whole = True
try:
    show_stage()
finally:  # also when another rerun cuts in
    state().whole = False
show_measured()
try_next.show()
deliver(walk.NETWORKS)
serving.warm_up()
