"""Latent map: the same digits on several two-dimensional maps, side by side; two of them can be walked on."""

import streamlit as st

from ui import shell, url

shell.title(
    "Latent map",
    "Each digit becomes two numbers. Only the VAE was told where to put them: inside the ring.",
)

with shell.loading(660):
    from aecore import referee
    from pages.latent_map import board, equations, own_map, points, story, try_next
    from pages.latent_map.state import HOOD, STAGE, STORY, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output import below, events, verdict
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
url.read(board.HIDDEN, board.VIEW)


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The maps, and beside them the visitor's digit: on a phone the maps come first. A change reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width="stretch"), st.container(width=INPUT_WIDTH, key="map_input")
    with right:
        source = choose_source("map")
    digit = first_digit()
    with right, messages.shown():
        digit = input_digit(source, "map")
        why = referee.refusal(engine, digit.x)
        events.event(" ".join(verdict.refused(why)) if why else "")
    with left, messages.shown():
        names, count, grid = board.controls()
        state().shown = board.show(engine, names, count, grid, digit, "map_panels_board")
        state().digit = digit
    with messages.shown():
        inside(engine, ["vae-2", "ae-2-bce"], digit.x, "map_inside", digit.seq)
    deliver(board.networks(names))


@messages.fragment(key=STORY)
def show_story() -> None:
    """Where the digit lies, in words; it follows when the hand rests."""
    with messages.shown():
        tell(story.lies(engine, state().digit or first_digit()))
    below.follow("map_story", state().shown)


@messages.fragment(key=HOOD)
def show_equations() -> None:
    """The equations for this digit."""
    under_the_hood("map", lambda: equations.show(engine, state().digit or first_digit()), state().shown)


show_stage()
shell.head_start()
show_story()
with messages.shown():
    board.table()
show_equations()
with messages.shown():
    own_map.show(engine)
try_next.show()
points.send_digits(after=board.NETWORKS)
serving.warm_up()
