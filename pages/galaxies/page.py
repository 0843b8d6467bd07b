"""Galaxies: fifty numbers each, a walk between two, and what lies between that never was."""

import streamlit as st

from ui import shell

shell.title("Galaxies", "Fifty numbers hold a galaxy, and between two of them lies a third. Drag the slider.")

with shell.loading(660):
    from aecore.galaxies import table
    from aecore.galaxies.table import NETWORK, SORTER
    from pages.galaxies import chart, eight, equations, measured, odd, own, pull, stage, story, try_next, turn
    from pages.galaxies.state import EIGHT, EQUATIONS, MAP, MEASURED, ODD, OWN, PULL, STAGE, STORY, TURN, state
    from ui import messages, serving, url
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.teach.story import show as tell

engine = serving.engine()
stage.recall()
url.read(odd.SCORE)


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The walk; what a hand sets there reruns this, to keep it."""
    with messages.shown():
        state().walk = None
        state().walk = stage.walk(stage.settings_now())
        stage.show(state().walk, show_the_rest)


def show_the_rest() -> None:
    """The hand has set something: what is below follows."""
    st.rerun([EQUATIONS])


def show_from_the_start() -> None:
    """Something below has set an end of the walk."""
    st.rerun([STAGE, EQUATIONS])


@messages.fragment(key=STORY)
def show_story() -> None:
    """What fifty numbers are worth."""
    with messages.shown():
        tell(story.told(table.load()))


@messages.fragment(key=EIGHT)
def show_eight() -> None:
    """Originals over reconstructions."""
    st.header("What fifty numbers keep of eight galaxies", anchor=False)
    with messages.shown():
        eight.show(table.load())


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """Who redraws unseen galaxies well, and who knows the others by heart."""
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key=PULL)
def show_pull() -> None:
    """Directions of the code."""
    st.header("Pull a galaxy", anchor=False)
    st.caption("The directions in which codes differ most, named after what goes with them in the data.")
    with messages.shown():
        pull.show(table.load())


@messages.fragment(key=TURN)
def show_turn() -> None:
    """A walk whose truth is known."""
    st.header("Is a straight line a turn?", anchor=False)
    with messages.shown():
        turn.show(table.load())
        st.markdown(measured.turning(table.load()))


@messages.fragment(key=MAP)
def show_map() -> None:
    """All galaxies."""
    st.header("All 940 on one map", anchor=False)
    st.caption("Neighbours have similar codes (t-SNE). Drag, zoom, point; choose one to walk from it.")
    with messages.shown():
        chart.show(show_from_the_start)


@messages.fragment(key=ODD)
def show_odd() -> None:
    """Frames that are odd."""
    st.header("Which frames are odd?", anchor=False)
    with messages.shown():
        odd.show(table.load())
        st.markdown(measured.oddest(table.load()))


@messages.fragment(key=OWN)
def show_own() -> None:
    """The visitor's picture."""
    st.header("Bring your own", anchor=False)
    with messages.shown():
        own.show(engine, show_from_the_start)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().walk is not None:
        under_the_hood("galaxies", lambda: equations.show(engine, state().walk, table.load()))


show_stage()
show_story()
shell.head_start()
show_eight()
show_measured()
show_turn()
show_pull()
show_map()
show_odd()
show_own()
show_equations()
try_next.show()
deliver([NETWORK, SORTER])
serving.warm_up()
