"""Vector field: a small network learns in the browser, and arrows show where it sends every place of the plane."""

import streamlit as st

from ui import shell, url

shell.title("Vector field", "A denoiser's arrows lead to its data. Drop a point and watch.")

with shell.loading(700):
    from pages.vector_field import board, controls, equations, story, try_next
    from ui import messages, serving
    from ui.output.fold import under_the_hood
    from ui.teach.story import show as tell

RECIPE = "_field_recipe"  # handed from the board to what is below it
url.read(board.DRAWN)
url.read(board.ON_LINE)
url.read(board.WALK)


@messages.fragment(key="field_stage")
def show_stage() -> None:
    """Controls, and the board, which needs no server; a change reruns only this."""
    with messages.shown():
        board.receive()
        recipe, shape = controls.show()
        board.show(recipe, shape)
        st.session_state[RECIPE] = recipe
        tell(story.arrows(recipe, shape))


@messages.fragment(key="field_equations")
def show_equations() -> None:
    """What runs, for the kind of training on the board."""
    under_the_hood("field", lambda: equations.show(st.session_state[RECIPE]))


show_stage()
show_equations()
try_next.show()
serving.warm_up()
