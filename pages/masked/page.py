"""Masked: most patches of a picture hidden, and guessed from the few that a transformer sees."""

import streamlit as st

from ui import shell

shell.title(
    "Masked",
    "A quarter of the patches is often enough. Click patches away, and watch the network guess them.",
)

with shell.loading(660):
    from aecore.masking import table
    from aecore.masking.guess import DIGITS
    from pages.masked import board, equations, measured, photos, story, try_next
    from pages.masked.state import EQUATIONS, MEASURED, PHOTOS, STAGE, STORY, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.teach.story import show as tell

engine = serving.engine()
board.recall()
PHONE = """<style>@media (max-width: 640px) {
:has(> .st-key-masked_input) {order: 2} :has(> .st-key-masked_answer) {order: 1}
.st-key-masked_input .st-key-pad {max-width: 208px}}</style>"""


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit on the left, its patches and the guess on the right; a pen movement reruns this."""
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=INPUT_WIDTH, key="masked_input")
        right = st.container(width="stretch", key="masked_answer")
    digit = first_digit()
    with left, messages.shown():
        digit = input_digit(choose_source("masked"), "masked")
    with right, messages.shown():
        state().shown = None
        state().shown = board.guessed(engine, digit.x, board.settings_now())
        board.show(engine, state().shown, "digit", digit, show_the_rest, measured.verdict())
    show_story()


@messages.fragment(key=STORY)
def show_story() -> None:
    """How good the guess is, beside a smooth one; other patches rerun this, too."""
    if state().shown is not None:
        tell(story.told(state().shown, measured.at_hand()))


def show_the_rest() -> None:
    """The hand has hidden or shown patches: what is below follows."""
    st.rerun([STAGE, EQUATIONS])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What a thousand test digits say."""
    st.header("Is a quarter enough?", anchor=False)
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key=PHOTOS)
def show_photos() -> None:
    """The same for crops of photographs; filled only while it is open."""
    opened = st.expander(
        "Hide patches of a photograph", icon=":material/photo:", on_change="rerun", key="masked_photos",
        bind="query-params",
    )  # fmt: skip
    if opened.open:
        with opened, messages.shown():
            photos.show(engine)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().shown is not None:
        under_the_hood("masked", lambda: equations.show(engine, state().shown))


st.html(PHONE)  # on a phone the patches come first
show_stage()
shell.head_start()
show_measured()
show_photos()
show_equations()
try_next.show()
deliver([DIGITS, board.JUDGE])
serving.warm_up()
