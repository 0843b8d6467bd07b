"""Interpolate: from one digit to another, through pixel space and through latent spaces."""

import streamlit as st

from ui import shell, url

shell.title(
    "Interpolate",
    "Halfway between two pictures: a ghost. Halfway between two codes: often a digit.",
)

with shell.loading(660):
    from pages.interpolate import controls, equations, measured, story, transformations, try_next, walk
    from pages.interpolate.state import MEASURED, STAGE, WALK, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH
    from ui.live.networks import deliver
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
url.read(controls.SWAPPED, controls.CHANGING, controls.PLACE)


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """Controls, and below them the ends with the walk between; a control reruns only this."""
    path, steps, rows = controls.path()
    sides = controls.sides()
    show_walk(sides, path, steps, rows)


@messages.fragment(key=WALK)
def show_walk(sides, path, steps, rows) -> None:
    """The walk with its ends, and beside it the place to change one; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium", key="interpolate_stage_parts"):
        left, right = st.container(width=INPUT_WIDTH, key="interpolate_input"), st.container(width="stretch")
    digits = [controls.first(side) for side in sides]
    for place, (title, side) in enumerate(zip("AB", sides, strict=True)):
        with left.container(key=f"interpolate_end_{title}"), messages.shown():
            digits[place] = controls.end(title, side)
    with right, messages.shown():
        current = walk.walk(engine, *digits, path, steps, rows)
        rest = None if state().whole else show_the_rest  # in a run of the whole page it follows by itself
        here = walk.Place(controls.place(), controls.changing(), controls.keep_place, controls.change)
        walk.show(current, controls.pads(sides), "interpolate_walk_view", rest, here)
        messages.missing(current.problems)
        state().walk = current
    with messages.shown():
        inside(engine, walk.inner(rows), None, "interpolate_inside")
    st.html(_only(controls.changing()))


def _only(title: str) -> str:
    """The style that hides what changes an end, but for the one that is changed now: it stays on the page, since
    widgets that leave it forget what they were set to."""
    hidden = [f".st-key-interpolate_end_{other}" for other in "AB" if other != title]
    if not title:
        hidden = ["div:has(> .st-key-interpolate_input)"]
    small = ".st-key-interpolate_input [class*=st-key-pad] { max-width: 216px }"  # on a phone: the result is seen, too
    return f"<style>{', '.join(hidden)} {{ display: none }} @media (max-width: 640px) {{ {small} }}</style>"


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, and the stage, lest a stroke in the same message be lost."""
    st.rerun([STAGE, MEASURED])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What may come a moment later: the charts, the downloads, the equations; reruns when the hand rests."""
    current = state().walk
    if current is not None:
        with messages.shown():
            tell(story.halfway(engine, current))
            measured.show(engine, current)
            transformations.show(engine, current)
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
