"""Search: the visitor's digit among 60,000, found by a few bits that a network makes of it."""

import streamlit as st

from ui import shell

shell.title(
    "Search",
    "A network writes your digit as a few bits. Digits with nearly the same bits look like it. Flip a bit and see.",
)

with shell.loading(660):
    from aecore.retrieval import base, table
    from pages.search import equations, measured, stage, story, try_next
    from pages.search.state import EQUATIONS, MEASURED, STAGE, STORY, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.server import ask
    from ui.teach.story import show as tell

engine = serving.engine()
stage.recall()
SMALL_PAD = "<style>@media (max-width: 640px) {.st-key-search_input .st-key-pad {max-width: 208px}}</style>"


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit on the left, its code and its hits on the right; a pen movement reruns this."""
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=INPUT_WIDTH, key="search_input")
        right = st.container(width="stretch", key="search_answer")
    digit = first_digit()
    with left, messages.shown():
        digit = input_digit(choose_source("search"), "search")
    with right, messages.shown():
        other_digit(digit.x.numpy().tobytes())
        state().shown = None
        state().shown = stage.look_up(engine, base.load(), digit.x, stage.settings_now())
        stage.show(engine, state().shown, digit, ask.offer(STAGE, stage.answer), show_the_rest)
    with messages.shown():
        inside(engine, serving.available(engine, base.NETWORK), digit.x, "search_inside", digit.seq)
    show_story()


def other_digit(pixels: bytes) -> None:
    """Flips are of one digit's code: another one begins without."""
    before, settings = state().digit, stage.settings_now()
    state().digit = pixels
    if before not in (b"", pixels) and settings.flips:
        stage.set_by_page(stage.Settings(settings.length, settings.radius))


@messages.fragment(key=STORY)
def show_story() -> None:
    """What the bits find; another length, flip or radius reruns this, not the stage."""
    if state().shown is not None:
        tell(story.hits(state().shown))


def show_the_rest() -> None:
    """The hand has set something: the stage is looked up again, and what is below follows."""
    st.rerun([STAGE, EQUATIONS])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What many test digits say, beside other ways to search."""
    st.header("Better than pixels, with a hundredth of the bytes?", anchor=False)
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().shown is not None:
        under_the_hood("search", lambda: equations.show(engine, state().shown))


st.html(SMALL_PAD)  # on a phone the code stands below it, still on the first screen
show_stage()
shell.head_start()
show_measured()
show_equations()
try_next.show()
deliver([base.NETWORK])
serving.warm_up()
