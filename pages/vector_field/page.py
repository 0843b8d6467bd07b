"""Vector field: a small network learns in the browser, and arrows show where it sends every place of the plane."""

import streamlit as st

from ui import shell, url

shell.title("Vector field", "A denoiser's arrows lead to its data. Drop a point and watch.")

with shell.loading(700):
    from pages.vector_field import board, controls, equations, story, try_next
    from ui import messages, serving
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


@messages.fragment(key="field_hood")
def show_hood() -> None:
    """What runs, for the kind of training on the board."""
    opened = st.expander("Under the hood", icon=":material/functions:", on_change="rerun", key="field_hood_open")
    if opened.open:
        with opened, messages.shown():
            equations.show(st.session_state[RECIPE])


show_stage()
show_hood()
try_next.show()
serving.warm_up()
