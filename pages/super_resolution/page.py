"""Super-resolution: a digit from a few coarse pixels, by networks and by interpolation; and a biased training set."""

import streamlit as st

from ui import shell

shell.title(
    "Super-resolution",
    "A network fills in what its training digits make likely. "
    "Compare the two: one has seen every digit, the other never saw a 7.",
)

with shell.loading(660):
    from aecore.restore import upscaling
    from aecore.restore.compare import compare_upscaling
    from pages.super_resolution import equations, measured, paint, stage, try_next
    from ui import messages, serving
    from ui.glossary import explain
    from ui.input.digit import INPUT_WIDTH, choose_source, drawn_digit, first_digit, input_digit
    from ui.input.pad import drawing
    from ui.live.networks import deliver
    from ui.output import compared
    from ui.output.numbers import numbers
    from ui.output.try_next import followed
    from ui.server import ask

engine = serving.engine()
COMPARISON = "_super_comparison"  # the last one, handed from the stage to what is below


@messages.fragment(key="super_stage")
def show_stage() -> None:
    """Controls, and under them the digit and what becomes of it."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    with left:
        source = choose_source("super")
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        side = stage.side(engine, show_everything)
        errors = st.toggle("Error maps", key="super_errors", bind="query-params", help=explain("error map"))
        numbers()
    show_tiles(source, side, errors)
    show_download()


@messages.fragment(key="super_tiles")
def show_tiles(source: str, side: int, errors: bool) -> None:
    """Input on the left, what becomes of it on the right; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    digit = first_digit(stage.FIRST_EXAMPLE)
    with left, messages.shown():
        digit = input_digit(source, "super", index=stage.FIRST_EXAMPLE)
    with right, messages.shown():
        comparison = compare_upscaling(digit.x, side)

        def answer(strokes: object) -> dict:
            digit = drawn_digit(drawing(strokes, seq=0), stage.FIRST_EXAMPLE)
            return stage.shown(compare_upscaling(digit.x, side), digit, errors)

        address = ask.offer("super_strip", answer)
        tiles, reveal = stage.shown(comparison, digit, errors), followed("super")
        compared.show(tiles, comparison, digit, "super_strip", reveal, address, show_the_rest)
        messages.missing(comparison.problems)
        st.session_state[COMPARISON] = comparison


def show_everything() -> None:
    """Another size: all that depends on it follows."""
    st.rerun(["super_stage", "super_board", "super_all"])


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, and the stage, lest a click in the same message be lost."""
    st.rerun(["super_stage", "super_paint", "super_hood"])


@messages.fragment(key="super_download")
def show_download() -> None:
    """The stage's pictures to take home."""
    if COMPARISON in st.session_state:
        with st.container(horizontal=True, horizontal_alignment="right"):
            stage.download(st.session_state[COMPARISON])


@messages.fragment(key="super_board")
def show_board() -> None:
    """Ten real digits of a class through both networks; a click brings one to the stage."""
    st.header("Ten real digits", anchor=False)
    with messages.shown():
        measured.board(engine, stage.chosen_side(engine), on_pick=st.rerun)


@messages.fragment(key="super_all")
def show_all() -> None:
    """All test digits: what the judge reads, and every method in one table."""
    with messages.shown():
        measured.measured(engine, stage.chosen_side(engine))


@messages.fragment(key="super_paint")
def show_paint() -> None:
    """The coarse pixels to paint on; lives in the browser."""
    if COMPARISON in st.session_state:
        with messages.shown():
            paint.show(st.session_state[COMPARISON])


@messages.fragment(key="super_hood")
def show_hood() -> None:
    """What ran; filled only while it is open: whatever is on the page is drawn again with every pen stroke."""
    if COMPARISON in st.session_state:
        opened = st.expander("Under the hood", icon=":material/functions:", on_change="rerun", key="super_hood_open")
        if opened.open:
            with opened, messages.shown():
                equations.show(engine, st.session_state[COMPARISON])


show_stage()
show_board()
st.header("All test digits", anchor=False)
show_all()
show_paint()
show_hood()
try_next.show()
deliver([*upscaling.methods(engine), "judge"])
serving.warm_up()
