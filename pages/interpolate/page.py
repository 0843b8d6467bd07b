"""Interpolate: from one digit to another, through pixel space and through latent spaces."""

import streamlit as st

from ui import shell, url

shell.title(
    "Interpolate",
    "Halfway between two pictures: a ghost. Halfway between two codes: often a digit.",
)

with shell.loading(660):
    from pages.interpolate import controls, equations, measured, story, transformations, try_next, walk
    from pages.interpolate.state import HOOD, MEASURED, MORE, STAGE, WALK, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH
    from ui.live.networks import deliver
    from ui.output import below, events
    from ui.output.fold import under_the_hood
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
    digits, current = [controls.first(side) for side in sides], None
    for place, (title, side) in enumerate(zip("AB", sides, strict=True)):
        with left.container(key=f"interpolate_end_{title}"), messages.shown():
            digits[place] = controls.end(title, side)
    with right, messages.shown():
        current = _walked(digits, path, steps, rows)
        here = walk.Place(controls.place(), controls.changing(), controls.keep_place, controls.change)
        state().shown = walk.show(current, controls.pads(sides), "interpolate_walk_view", here)
        messages.missing(current.problems)
        state().walk = current
    with messages.shown():
        inside(engine, walk.inner(rows), None, "interpolate_inside")
        if current is not None:
            events.event(story.event(engine, current))
    st.html(_only(controls.changing()))


def _walked(digits, path, steps, rows) -> walk.Walk:
    """The walk; the last one where only the slider has moved: what is below knows it by this."""
    asks = (path, steps, *rows, *((digit.x.numpy().tobytes(), digit.name, digit.own, digit.seq) for digit in digits))
    known, current = state().latest
    if known != asks:
        current = walk.walk(engine, *digits, path, steps, rows)
        state().latest = (asks if not current.problems else None), current
    return current


def _only(title: str) -> str:
    """The style that hides what changes an end, but for the one that is changed now: it stays on the page, since
    widgets that leave it forget what they were set to."""
    hidden = [f".st-key-interpolate_end_{other}" for other in "AB" if other != title]
    if not title:
        hidden = ["div:has(> .st-key-interpolate_input)"]
    small = ".st-key-interpolate_input [class*=st-key-pad] { max-width: 216px }"  # on a phone: the result is seen, too
    return f"<style>{', '.join(hidden)} {{ display: none }} @media (max-width: 640px) {{ {small} }}</style>"


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What may come a moment later: the charts and the downloads; it follows when the hand rests."""
    current = state().walk
    if current is not None:
        with messages.shown():
            tell(story.halfway(engine, current))
            measured.show(engine, current)
    below.follow("interpolate", state().shown)


@messages.fragment(key=MORE)
def show_more() -> None:
    """Three more walks; they follow, too."""
    if state().walk is not None:
        with messages.shown():
            transformations.show(engine, state().walk)
    below.follow("interpolate_more", state().shown)


@messages.fragment(key=HOOD)
def show_equations() -> None:
    """The equations of this walk."""
    if state().walk is not None:
        under_the_hood("interpolate", lambda: equations.show(engine, state().walk), state().shown)


show_stage()
show_measured()
show_more()
show_equations()
try_next.show()
deliver(walk.NETWORKS)
serving.warm_up()
