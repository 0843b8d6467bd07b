"""Photos: whole pictures cleaned of noise by a network, and pages of digits restored; beside classical filters."""

import streamlit as st

from ui import shell, url

shell.title(
    "Photos",
    "A filter must blur detail to lose noise; a network that has seen pictures knows which is which. Drag the line.",
)

with shell.loading(660):
    from pages.photos import controls, digits, equations, measured, results, stage, story, try_next
    from pages.photos.mode import MODES, mode
    from pages.photos.state import STAGE, state
    from ui import messages, serving
    from ui.server import jobs
    from ui.teach.story import show as tell

engine = serving.engine()
url.read(controls.SPOT)
if shell.came():
    state().shown = False


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """Controls on the left, the slider beside them; a control reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, rest = st.container(width=280), st.container(width="stretch")
    with left:
        chosen = mode()
    with messages.shown():
        (show_picture if chosen == MODES[0] else show_page)(left, rest)


def folded():
    """Closed, and filled: it opens without asking the server."""
    return st.expander("Under the hood", icon=":material/functions:")


def show_picture(left, rest) -> None:
    """Any picture: the slider, and beside it the same detail by every method."""
    names, problem = controls.methods(engine)
    with rest, st.container(horizontal=True, gap="medium"):
        middle, right = st.container(width=624), st.container(width="stretch")
    with left:
        subject = controls.subject()
        if subject is None:
            middle.info("Bring a picture: photo, scan or drawing.", icon=":material/image:")
            return
        method = controls.choose(names)
        messages.missing({"photo": problem} if problem else {})
        downloads = st.empty()
    state().subject, state().names = subject, names
    results.start(engine, subject, names, method)
    with middle:
        stage.slider(engine, subject, method)
    with downloads:
        stage.download(engine, subject, method)
    results.linger(names)
    with right:
        stage.detail(engine, subject, names, method)
    with messages.shown():
        tell(story.cleaned(engine, subject))
        measured.taken_away(engine, subject, names)
        measured.curves(engine, subject, names)
        measured.held_out(engine, names)
    with folded(), messages.shown():
        equations.picture(engine, subject, names, method)
    results.follow(names)


def show_page(left, rest) -> None:
    """A page of digits: the slider over it, and every digit by itself below."""
    jobs.only(results.PAGE)
    with left:
        source = digits.source()
        if source is None:
            rest.info("Bring a picture of digits on paper or on a board.", icon=":material/image:")
            return
        model, boxes, clean = digits.choices(engine)
        downloads = st.empty()
    with rest:
        page = digits.show(engine, source, model, boxes, clean)
    if page is None:
        return
    with rest:
        digits.digits(engine, page, source)
    with downloads:
        digits.download(page)
    with folded(), messages.shown():
        equations.page(engine, page, model)


show_stage()
try_next.show()
serving.warm_up()
