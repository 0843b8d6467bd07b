"""Training: networks learn digits in the visitor's browser, each under a loss of its own, side by side."""

import streamlit as st

from ui import shell

shell.title("Training", "The loss decides what an error looks like: one network, two losses, the same digits.")

with shell.loading(700):
    from aecore.learning import table
    from pages.training import board, controls, measured, on_server, try_next, yours
    from ui import messages, serving
    from ui.input import own_network
    from ui.output.fold import under_the_hood

SMALL = """<style>@media (max-width: 640px) {
    .st-key-training_losses > div {flex: 1 1 130px; width: auto !important; min-width: 0}}</style>"""
RECIPE = "_training_recipe"  # handed from the board to what is below it


@messages.fragment(key="training_stage")
def show_stage() -> None:
    """Controls, and the board, which needs no server; a change reruns only this."""
    with messages.shown():
        recipe, beside = controls.show()
        yours.taker()
        with st.container(horizontal=True, key="training_links"):
            yours.links(own_network.TRAINED)
        board.show(recipe, beside)
        st.session_state[RECIPE] = recipe


@messages.fragment(key="training_measured_part")
def show_measured() -> None:
    """What the same networks come to on a longer training."""
    st.header("Every loss, measured by every other", anchor=False)
    with messages.shown():
        measured.show(table.load())


@messages.fragment(key="training_equations")
def show_equations() -> None:
    """What runs, for the loss on the board."""

    def fill() -> None:
        from pages.training import equations

        equations.show(st.session_state[RECIPE])

    under_the_hood("training", fill)


st.html(SMALL)
show_stage()
shell.head_start()
show_measured()
on_server.show()
show_equations()
try_next.show()
serving.warm_up()
