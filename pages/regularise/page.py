"""Regularise: networks of one width that could copy anything, and four ways to keep them from it."""

import streamlit as st

from ui import shell

shell.title(
    "Regularise",
    "Networks of 500 units copy your digit. Make each active unit costly, and a few are enough.",
)

with shell.loading(660):
    from pages.regularise import measured, shake, stage, story, try_next
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
DIGIT = "_regularise_digit"  # the last one, handed from the stage to what is below
stage.read_url()
SMALL_PAD = "<style>@media (max-width: 640px) {.st-key-regularise_input .st-key-pad {max-width: 208px}}</style>"


@messages.fragment(key="regularise_stage")
def show_stage() -> None:
    """The digit on the left, four networks and the units of one on the right; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH, key="regularise_input"), st.container(width="stretch")
    digit = first_digit()
    with left, messages.shown():
        digit = input_digit(choose_source("regularise"), "regularise")
    with right, messages.shown():
        stage.show(engine, digit.x)
    with messages.shown():
        inside(engine, stage.NAMES, digit.x, "regularise_inside", digit.seq)
    st.session_state[DIGIT] = digit.x
    with messages.shown():
        tell(story.lit(engine, digit.x))


@messages.fragment(key="regularise_shake")
def show_shake() -> None:
    """The digit under a small and a large noise: how far code and picture move; lives in the browser."""
    if DIGIT in st.session_state:
        shake.show(engine, st.session_state[DIGIT])


@messages.fragment(key="regularise_measured")
def show_measured() -> None:
    """All test digits: every constraint beside its control."""
    measured.show(engine)


@messages.fragment(key="regularise_sparse")
def show_sparse() -> None:
    """The exact sparse code, and the one that an encoder predicts."""
    if DIGIT in st.session_state:
        measured.show_sparse(engine, st.session_state[DIGIT])


@messages.fragment(key="regularise_equations")
def show_equations() -> None:
    """What ran."""
    if DIGIT not in st.session_state:
        return

    def fill() -> None:
        from pages.regularise import equations

        equations.show(engine, st.session_state[DIGIT], stage.chosen())

    under_the_hood("regularise", fill)


st.html(SMALL_PAD)  # on a phone the four answers stand below it, still on the first screen
show_stage()
shell.head_start()
show_shake()
show_measured()
show_sparse()
show_equations()
try_next.show()
deliver([*stage.NAMES, "psd"])
serving.warm_up()
