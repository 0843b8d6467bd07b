"""Tangents: the few directions in which a digit stays a digit, among 784."""

import streamlit as st

from ui import shell

shell.title("Tangents", "Of 784 directions, only a few keep your digit a digit: slide along one.")

with shell.loading(660):
    from aecore.errors import AecoreError
    from aecore.latent import tangents
    from pages.tangents import equations, measured, patches, shifted, slots, stage, story, try_next
    from pages.tangents.state import EQUATIONS, MEASURED, PATCHES, SHIFT, SLOTS, STAGE, state
    from ui import messages, serving, url
    from ui.input.digit import INPUT_WIDTH, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
stage.recall()
url.read(slots.KIND)
ANSWER_FIRST = "<style>@media (max-width: 640px) {div:has(> .st-key-tangents_input) {order: 2}}</style>"  # on a phone


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit on the left, its directions on the right; a pen movement reruns this."""
    with st.container(horizontal=True, gap="medium", key="tangents_desk"):
        left = st.container(width=INPUT_WIDTH, key="tangents_input")
        right = st.container(width="stretch", key="tangents_answer")
    digit, chosen = first_digit(), None
    with left, messages.shown():
        digit = input_digit(choose_source("tangents"), "tangents")
        chosen = stage.choose(engine)
    with right, messages.shown():
        if chosen:
            state().around = stage.around(engine, digit, *chosen)
            stage.show(engine, state().around)
    with messages.shown():
        inside(engine, [stage.COPIER], digit.x, "tangents_inside", digit.seq)
    with messages.shown():
        if state().around:
            tell(story.reaches(state().around, table))


@messages.fragment(key=SHIFT)
def show_shift() -> None:
    """A digit shifted up and down."""
    st.header("Shift a digit: a curve in 784 dimensions", anchor=False)
    if state().around:
        with messages.shown():
            shifted.show(state().around.x)


@messages.fragment(key=PATCHES)
def show_patches() -> None:
    """3 x 3 patches of photographs."""
    st.header("Photographs have a shape too", anchor=False)
    with messages.shown():
        patches.show()


@messages.fragment(key=SLOTS)
def show_slots() -> None:
    """Random pixels."""
    st.header("Can chance draw a digit?", anchor=False)
    with messages.shown():
        slots.show(engine)


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What all test digits say."""
    with messages.shown():
        measured.show(engine)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().around:
        under_the_hood("tangents", lambda: equations.show(engine, state().around))


try:
    table = tangents.load()
except AecoreError:  # the part that needs it says so
    table = None
st.html(ANSWER_FIRST)
show_stage()
shell.head_start()
show_measured()
show_shift()
show_patches()
show_slots()
show_equations()
try_next.show()
deliver(["judge", stage.COPIER])
serving.warm_up()
