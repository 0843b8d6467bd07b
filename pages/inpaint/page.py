"""Inpaint: pixels of a digit are missing, and manifolds fill the hole beside what smoothness makes of it."""

import streamlit as st

from ui import shell, url

shell.title(
    "Inpaint",
    "Paint a hole. A network guesses what was there; a smooth fill only smears.",
)

with shell.loading(660):
    from aecore.restore import compare
    from pages.inpaint import board, mask_pad, measured, search, story, try_next
    from pages.inpaint.state import MEASURED, SEARCH, STAGE, state
    from ui import messages, serving
    from ui.glossary import explain
    from ui.input.digit import ANOTHER, INPUT_WIDTH, first_digit, input_digit, source_choice
    from ui.live.networks import deliver
    from ui.output.network import inside
    from ui.teach.story import show as tell

PAD_WIDTH = 400  # px: 14 for each of the digit's pixels

engine = serving.engine()
mask_pad.recall()
url.read(search.STARTS_KEY)


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit, the mask on it, and what becomes of it; a control or a movement of the hand reruns only this."""
    mask_pad.receive()
    screen = shell.first_screen()
    with screen, st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover(ANOTHER, icon=":material/draw:"), st.container(width=INPUT_WIDTH):
            digit = first_digit()
            with messages.shown():
                digit = input_digit(source_choice("inpaint"), "inpaint")
        hole, look = mask_pad.controls()
    with screen, st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=PAD_WIDTH), st.container(width="stretch")
    with left, messages.shown():
        mask_pad.pad(digit.x, hole, PAD_WIDTH - 8)
    with right, messages.shown():
        descent = search.follow(digit.x, hole.mask, search.starts())
        comparison = compare.compare_inpainting(digit.x, hole)
        if descent is not None and descent.recon is not None:
            comparison = compare.with_search(comparison, descent.recon)
        state().comparison = comparison
        board.show(comparison, "inpaint_board", look, descent, on_settled=show_the_rest)
        messages.missing(comparison.problems)
    with messages.shown():
        if state().comparison is not None:
            inside(engine, ["inpainter"], state().comparison.corrupted.x, "inpaint_inside", mask=hole.mask)
            deliver(["inpainter"])


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, and the stage, lest a click in the same message be lost."""
    st.rerun([STAGE, SEARCH, MEASURED])


def answered() -> None:
    """The search has ended: its answer joins the others."""
    st.rerun([STAGE, SEARCH, MEASURED])


def again() -> None:
    """Another search, from other starts."""
    search.other_starts()
    st.rerun([STAGE, SEARCH])


@messages.fragment(key=SEARCH)
def show_search() -> None:
    """The descent on the manifold and its answers; the browser asks for news while it runs, and reruns only this."""
    st.header("The latent search, step by step", help=explain("energy"), anchor=False)
    descent = search.current()
    if descent is None:
        st.caption("Cover some pixels, and the search begins.")
    elif state().comparison is not None:
        with messages.shown():
            truth = state().comparison.clean.reads
            search.show(descent, truth, "inpaint_descent", answered, again)


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What may come a moment later: the table over many digits, the equations; reruns when the hand rests."""
    if state().comparison is not None:
        with messages.shown():
            if text := story.filled(state().comparison):
                tell(text)
            measured.show(engine, state().comparison, search.current())


show_stage()
show_search()
show_measured()
try_next.show()
serving.warm_up()
