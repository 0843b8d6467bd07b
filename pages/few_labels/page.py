"""Few labels: what training without labels is worth to a classifier, from ten labels to sixty thousand."""

import streamlit as st

from ui import shell

shell.title("Few labels", "Pretraining pays when labels are few, and hardly when they are many.")

with shell.loading(660):
    from aecore.pretraining import table
    from pages.few_labels import curves, labelling, layers, measured, try_next
    from pages.few_labels.state import state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, draw_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood

engine = serving.engine()
curves.recall()


@messages.fragment(key="few_curves")
def show_curves() -> None:
    """The measured curves; the slider runs in the browser, and a released one reruns this."""
    with messages.shown():
        curves.show(engine, table.load())


@messages.fragment(key="few_pad")
def show_pad() -> None:
    """The pad, whose strokes the browser's parts follow by themselves."""
    with messages.shown():
        digit = draw_digit()
        state().x, state().seq = digit.x, digit.seq or 0


@messages.fragment(key="few_labelling")
def show_labelling() -> None:
    """The digits to label, and the two classifiers."""
    with messages.shown():
        labelling.show(engine)


@messages.fragment(key="few_measured")
def show_measured() -> None:
    """What the curves say in sentences, and every encoder."""
    st.header("When does it pay?", anchor=False)
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key="few_layers")
def show_layers() -> None:
    """The digit through the stack, and whether training it layer by layer still pays."""
    st.header("The stack grows", anchor=False)
    if state().x is not None:  # the pad has said why
        with messages.shown():
            layers.show(engine, state().x, state().seq)
    with messages.shown():
        measured.show_ways(table.load())


@messages.fragment(key="few_factors")
def show_factors() -> None:
    """Deep autoencoders with and without pretraining."""
    st.header("“Cannot be trained without pretraining”?", anchor=False)
    with messages.shown():
        measured.show_factors(table.load())


@messages.fragment(key="few_equations")
def show_equations() -> None:
    """What ran."""

    def fill() -> None:
        from pages.few_labels import equations

        equations.show(engine)

    under_the_hood("few", fill)


with shell.first_screen():
    show_curves()
shell.head_start()
show_measured()
st.header("Your hundred labels", anchor=False)
st.markdown(
    "Draw a digit and name it, ten times; then label test digits with the keys 0 to 9. After each label two "
    "classifiers learn here, in your browser. Try a wrong label, and see what happens."
)
with st.container(horizontal=True, gap="medium"):
    left, right = st.container(width=INPUT_WIDTH, key="few_input"), st.container(width="stretch")
with left:
    show_pad()
with right:
    show_labelling()
show_layers()
show_factors()
show_equations()
try_next.show()
deliver([labelling.CODE, table.STACK])
serving.warm_up()
