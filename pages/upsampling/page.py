"""Upsampling: four ways to enlarge, number by number, and what each leaves in a digit."""

import streamlit as st

from ui import shell

shell.title("Upsampling", "Kernels that overlap unevenly draw a checkerboard, until training removes it.")

with shell.loading(660):
    from aecore.upsampling import table
    from pages.upsampling import decoders, equations, grid, measured, story, try_next
    from pages.upsampling.state import DECODERS, EQUATIONS, GRID, MEASURED, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
grid.recall()
decoders.recall()


@messages.fragment(key=GRID)
def show_grid() -> None:
    """Sixteen numbers, and what becomes of them; lives in the browser, and a change reruns only this."""
    with messages.shown():
        state().grid = grid.show()
        tell(story.sizes(state().grid))


@messages.fragment(key=DECODERS)
def show_decoders() -> None:
    """The digit on the left, four decoders on the right; a pen movement reruns this."""
    st.header("Your digit through four decoders", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=INPUT_WIDTH, key="upsampling_input")
        right = st.container(width="stretch")
    digit = first_digit()
    state().digit = None
    with left, messages.shown():
        digit = input_digit(choose_source("upsampling"), "upsampling")
    with right, messages.shown():
        state().digit = decoders.enlarged(engine, digit)
        if state().digit.shares:
            decoders.show(engine, state().digit, digit)
        messages.missing(decoders.problems(engine))
    with messages.shown():
        inside(engine, serving.available(engine, decoders.INSIDE), digit.x, "upsampling_inside", digit.seq)
    if state().digit is not None and state().digit.shares:
        tell(story.digit(state().digit))


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What all test digits say."""
    st.header("Does training remove the checkerboard?", anchor=False)
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().grid is not None:
        under_the_hood("upsampling", lambda: equations.show(engine, state().grid))


with shell.first_screen():
    show_grid()
shell.head_start()
show_decoders()
show_measured()
show_equations()
try_next.show()
deliver(decoders.NAMES)
serving.warm_up()
