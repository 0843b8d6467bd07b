"""Bottleneck: what fits through a code of one number to a thousand, and what a narrow code makes of strangers."""

import streamlit as st

from ui import shell

shell.title(
    "Bottleneck",
    "A wide code copies anything, noise too. A narrow one can only draw digits.",
)

with shell.loading(660):
    from aecore.errors import AecoreError
    from aecore.latent import capacity
    from pages.bottleneck import controls, equations, line, linear, measured, stage, story, try_next
    from pages.bottleneck.state import EQUATIONS, LINE, LINEAR, MEASURED, STAGE, STORY, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, drawn_digit, first_digit, input_digit
    from ui.input.pad import drawing
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.server import ask
    from ui.teach.story import show as tell

engine = serving.engine()
stage.recall()
ANSWER_FIRST = "<style>@media (max-width: 640px) {div:has(> .st-key-bottleneck_input) {order: 2}}</style>"  # on a phone


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit on the left, what becomes of it and of three strangers on the right; a pen movement reruns this."""
    with st.container(horizontal=True, gap="medium", key="bottleneck_desk"):
        left = st.container(width=INPUT_WIDTH, key="bottleneck_input")
        right = st.container(width="stretch", key="bottleneck_answer")
    digit = first_digit()
    with left, messages.shown():
        source = choose_source("bottleneck")
        digit = input_digit(source, "bottleneck")
        letter, seed = controls.strangers()
    with right, messages.shown():
        columns, problems = stage.columns(engine, digit, letter, seed)
        address = ask.offer(STAGE, answer)
        curves = stage.curve_data(table) if table is not None else None
        stage.show(columns, digit, curves, address, show_the_rest)
        messages.missing(problems)
        state().columns = columns
    with messages.shown():
        inside(engine, sizes_first(), digit.x, "bottleneck_inside", digit.seq)
    show_story()


@messages.fragment(key=STORY)
def show_story() -> None:
    """What became of the digit; another size reruns only this."""
    tell(story.through(state().columns, stage.size_now()))


def sizes_first() -> list[str]:
    """All networks of the slider, that of the present size first."""
    now = stage.size_now()
    return [capacity.name_of(size) for size in sorted(stage.SIZES, key=lambda size: size != now)]


def answer(strokes: object) -> dict:
    """What the stage shows for a drawing."""
    digit = drawn_digit(drawing(strokes, seq=0))
    recon, _ = stage.returned(engine, digit.x)
    return stage.message(stage.Column("digit", digit.name, digit.x, recon))


def show_the_rest() -> None:
    """Another size: what is below the stage follows, and the stage, lest a stroke in the same message be lost."""
    st.rerun([STAGE, STORY, MEASURED, EQUATIONS])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What all test pictures say at this size."""
    with messages.shown():
        measured.show(engine, capacity.load(), stage.size_now())


@messages.fragment(key=LINEAR)
def show_linear() -> None:
    """A linear autoencoder beside PCA."""
    st.header("Linear layers only: is it PCA?", anchor=False)
    with messages.shown():
        linear.show(engine, capacity.load())


@messages.fragment(key=LINE)
def show_line() -> None:
    """A hundred digits in one number."""
    st.header("One number can hold a hundred digits", anchor=False)
    with messages.shown():
        line.show(engine)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().columns:
        under_the_hood("bottleneck", lambda: equations.show(engine, state().columns[0], stage.size_now()))


try:
    table = capacity.load()
except AecoreError:  # the part that needs it says so
    table = None
st.html(ANSWER_FIRST)
show_stage()
shell.head_start()
show_measured()
show_linear()
show_line()
show_equations()
try_next.show()
near = sorted(stage.SIZES, key=lambda size: abs(stage.SIZES.index(size) - stage.SIZES.index(stage.size_now())))
deliver([*map(capacity.name_of, near), capacity.MEMORISER])
serving.warm_up()
