"""Photos: whole pictures cleaned of noise by a network, and pages of digits restored; beside classical filters."""

import streamlit as st

from ui import shell, url

shell.title(
    "Photos",
    "Drag the line. The network keeps edges that filters blur.",
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
    """Controls in a row, the slider below them; a control reruns only this."""
    with shell.first_screen():
        row, rest = st.container(horizontal=True, vertical_alignment="bottom"), st.container()
    with row:
        inside = st.popover("Another picture", icon=":material/image:", key="photos_another")
    with inside:
        chosen = mode()
    with messages.shown():
        (show_picture if chosen == MODES[0] else show_page)(row, rest, inside)


def folded():
    """Closed, and filled: it opens without asking the server."""
    return st.expander("Under the hood", icon=":material/functions:")


def show_picture(row, rest, inside) -> None:
    """Any picture: the slider, and beside it the same detail by every method."""
    names, problem = controls.methods(engine)
    with rest, st.container(horizontal=True, gap="medium"):
        middle, right = st.container(width=624), st.container(width="stretch")
    with row:
        subject, method = controls.row(names, middle, inside)
    if subject is None:
        middle.info("Bring a picture: photo, scan or drawing.", icon=":material/image:")
        return
    with middle:
        messages.missing({"photo": problem} if problem else {})
    state().subject, state().names = subject, names
    results.start(engine, subject, names, method)
    with middle:
        stage.slider(engine, subject, method)
    results.linger(names)
    with right:
        stage.detail(engine, subject, names, method)
    with messages.shown():
        if text := story.cleaned(engine, subject):
            tell(text)
        stage.download(engine, subject, method)
        measured.taken_away(engine, subject, names)
        measured.curves(engine, subject, names)
        measured.held_out(engine, names)
    with folded(), messages.shown():
        equations.picture(engine, subject, names, method)
    results.follow(names)


def show_page(row, rest, inside) -> None:
    """A page of digits: the slider over it, and every digit by itself below."""
    jobs.only(results.PAGE)
    with row:
        source, model, boxes, clean = digits.row(engine, rest, inside)
    if source is None:
        rest.info("Bring a picture of digits on paper or on a board.", icon=":material/image:")
        return
    with rest:
        page = digits.show(engine, source, model, boxes, clean)
    if page is None:
        return
    with rest:
        digits.digits(engine, page, source)
        digits.download(page)
    with folded(), messages.shown():
        equations.page(engine, page, model)


show_stage()
try_next.show()
serving.warm_up()
