"""Super-resolution: a digit from a few coarse pixels, by networks and by interpolation; and a biased training set."""

import streamlit as st

from ui import shell

shell.title(
    "Super-resolution",
    "Two networks fill in lost pixels. One never saw a 7.",
)

with shell.loading(660):
    from aecore.restore import upscaling
    from aecore.restore.compare import compare_upscaling
    from pages.super_resolution import equations, measured, paint, stage, story, try_next
    from pages.super_resolution.state import ALL, BOARD, DOWNLOAD, EQUATIONS, PAINT, STAGE, STORY, TILES, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, choose_source, drawn_digit, first_digit, input_digit
    from ui.input.pad import drawing
    from ui.live.networks import deliver
    from ui.output import below, compared
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.output.numbers import numbers
    from ui.output.try_next import followed
    from ui.server import ask
    from ui.teach.story import show as tell

engine = serving.engine()


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """Controls, and under them the digit and what becomes of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = choose_source("super")
        side = stage.side(engine, show_everything)
        look = stage.look()
    show_tiles(source, side, look)
    show_download()


@messages.fragment(key=TILES)
def show_tiles(source: str, side: int, look: stage.Look) -> None:
    """Input on the left, what becomes of it on the right; a pen movement reruns only this."""
    with shell.first_screen(controls_above=True), st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    digit = first_digit(stage.FIRST_EXAMPLE)
    with left, messages.shown():
        digit = input_digit(source, "super", index=stage.FIRST_EXAMPLE, echo=True)
    with right, messages.shown():
        comparison = compare_upscaling(digit.x, side)

        def answer(strokes: object) -> dict:
            digit = drawn_digit(drawing(strokes, seq=0), stage.FIRST_EXAMPLE)
            return stage.shown(compare_upscaling(digit.x, side), digit, look)

        address = ask.offer("super_strip", answer)
        tiles, reveal = stage.shown(comparison, digit, look), followed("super")
        brief = not look.all_numbers
        state().shown = compared.show(tiles, comparison, digit, "super_strip", reveal, address, brief=brief)
        messages.missing(comparison.problems)
        state().comparison = comparison
    with messages.shown():
        if state().comparison is not None:
            inside(engine, ["upscaler"], state().comparison.corrupted.x, "super_inside", digit.seq)


def show_everything() -> None:
    """Another size: all that depends on it follows."""
    st.rerun([STAGE, BOARD, ALL])


@messages.fragment(key=DOWNLOAD)
def show_download() -> None:
    """The stage's pictures to take home."""
    if state().comparison is not None:
        with st.container(horizontal=True, horizontal_alignment="right"):
            numbers()
            stage.download(state().comparison)
    below.follow("super_download", state().shown)


@messages.fragment(key=STORY)
def show_story() -> None:
    """What the networks did with the stage's digit, in words."""
    if state().comparison is not None:
        with messages.shown():
            if text := story.guessed(state().comparison):
                tell(text)
    below.follow("super_story", state().shown)


@messages.fragment(key=BOARD)
def show_board() -> None:
    """Ten real digits of a class through both networks; a click brings one to the stage."""
    st.header("Ten real digits", anchor=False)
    with messages.shown():
        measured.board(engine, stage.chosen_side(engine), on_pick=st.rerun)


@messages.fragment(key=ALL)
def show_all() -> None:
    """All test digits: what the judge reads, and every method in one table."""
    with messages.shown():
        measured.measured(engine, stage.chosen_side(engine))


@messages.fragment(key=PAINT)
def show_paint() -> None:
    """The coarse pixels to paint on; lives in the browser."""
    if state().comparison is not None:
        with messages.shown():
            paint.show(state().comparison)
    below.follow("super_paint", state().shown)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().comparison is not None:
        under_the_hood("super", lambda: equations.show(engine, state().comparison), state().shown)


show_stage()
show_story()
show_board()
st.header("All test digits", anchor=False)
show_all()
show_paint()
show_equations()
try_next.show()
deliver([*upscaling.methods(engine), "judge"])
serving.warm_up()
