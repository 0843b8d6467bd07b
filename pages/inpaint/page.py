"""Inpaint: pixels of a digit are missing, and manifolds fill the hole beside what smoothness makes of it."""

import streamlit as st

from ui import shell

shell.title(
    "Inpaint",
    "Smoothness carries a hole's edge inwards; a manifold knows how digits go on. Paint a hole and see who fills it.",
)

with shell.loading(660):
    from aecore.restore import compare
    from pages.inpaint import board, mask_pad, measured, try_next
    from pages.inpaint import downloads as inpaint_downloads
    from pages.inpaint import search as inpaint_search
    from ui import messages, serving
    from ui.glossary import explain
    from ui.input import digit as inputs

engine = serving.engine()
COMPARISON = "_inpaint_comparison"  # the last one, handed from the stage to what stands below it
SEED = "_inpaint_starts"  # of the search's starts
mask_pad.take()


@messages.fragment(key="inpaint_stage")
def show_stage() -> None:
    """The digit, the mask on it, and what becomes of it; a control or a movement of the hand reruns only this."""
    mask_pad.receive()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        left, right = st.container(width=inputs.WIDTH), st.container(width="stretch")
    with left:
        source = inputs.source("inpaint")
    with right:
        hole = mask_pad.controls()
    with st.container(horizontal=True, gap="medium"):
        first, second, third = (st.container(width=width) for width in (inputs.WIDTH, inputs.WIDTH, "stretch"))
    digit = inputs.first()
    with first, messages.shown():
        digit = inputs.bring(source, "inpaint")
    with second, messages.shown():
        mask_pad.pad(digit.x, hole, inputs.WIDTH - 8)
        with st.container(horizontal=True, vertical_alignment="center"):
            errors = st.toggle("Error maps", key="inpaint_errors", bind="query-params", help=explain("error map"))
            downloads = st.container(width="content")
    with third, messages.shown():
        search = inpaint_search.follow(digit.x, hole.mask, st.session_state.get(SEED, 0))
        comparison = compare.compare_inpainting(digit.x, hole)
        if search is not None and search.recon is not None:
            comparison = compare.with_search(comparison, search.recon)
        st.session_state[COMPARISON] = comparison
        reveal = try_next.followed("board")
        board.show(comparison, "inpaint_board", errors, search, reveal, on_settled=show_the_rest)
        messages.missing(comparison.problems)
        with downloads:
            inpaint_downloads.buttons(comparison, search)


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, and the stage, lest a click in the same message be lost."""
    st.rerun(["inpaint_stage", "inpaint_search", "inpaint_evidence"])


def answered() -> None:
    """The search has ended: its answer joins the others."""
    st.rerun(["inpaint_stage", "inpaint_search", "inpaint_evidence"])


def again() -> None:
    """Another search, from other starts."""
    st.session_state[SEED] = st.session_state.get(SEED, 0) + 1
    st.rerun(["inpaint_stage", "inpaint_search"])


@messages.fragment(key="inpaint_search")
def show_search() -> None:
    """The descent on the manifold and its answers; the browser asks for news while it runs, and reruns only this."""
    st.subheader("Energy minimisation on the manifold", help=explain("energy"), anchor=False)
    search = inpaint_search.current()
    if search is None:
        st.caption("Cover some pixels, and the search begins.")
    elif COMPARISON in st.session_state:
        with messages.shown():
            truth = st.session_state[COMPARISON].clean.reads
            inpaint_search.show(search, truth, "inpaint_descent", answered, again)


@messages.fragment(key="inpaint_evidence")
def show_evidence() -> None:
    """What may come a moment later: the table over many digits, the equations; reruns when the hand rests."""
    if COMPARISON in st.session_state:
        with messages.shown():
            measured.show(engine, st.session_state[COMPARISON], inpaint_search.current())


show_stage()
show_search()
show_evidence()
try_next.show()
serving.warm_up()
