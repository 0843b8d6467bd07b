"""Photos: whole pictures cleaned of noise by a network, and pages of digits restored; beside classical filters."""

import streamlit as st

from ui import shell, url

shell.title(
    "Photos",
    "A filter must blur detail to lose noise; a network that has seen pictures knows which is which. Drag the line.",
)

with shell.loading(660):
    from ui import messages, photos, photos_digits, photos_evidence, photos_hood, photos_results, photos_stage, serving
    from ui import photos_suggestions as suggestions
    from ui.photos_mode import MODES, mode

engine = serving.engine()
url.take(photos.SPOT)
if shell.came():
    st.session_state.pop(photos_results.SHOWN, None)


@st.fragment(key="photos_stage")
def show_stage() -> None:
    """Controls on the left, the slider beside them; a control reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, rest = st.container(width=280), st.container(width="stretch")
    with left:
        chosen = mode()
    with messages.shown():
        (show_picture if chosen == MODES[0] else show_page)(left, rest)


def hood():
    """Closed, and filled: it opens without asking the server."""
    return st.expander("Under the hood", icon=":material/functions:")


def show_picture(left, rest) -> None:
    """Any picture: the slider, and beside it the same detail by every method."""
    names, problem = photos.methods(engine)
    with rest, st.container(horizontal=True, gap="medium"):
        middle, right = st.container(width=624), st.container(width="stretch")
    with left:
        found = photos.subject()
        if found is None:
            middle.info("Bring a picture: photo, scan or drawing.", icon=":material/image:")
            return
        method = photos.choose(names)
        messages.missing({"photo": problem} if problem else {})
        downloads = st.empty()
    photos_results.start(engine, found, names, method)
    with middle:
        photos_stage.slider(engine, found, method)
    with downloads:
        photos_stage.download(engine, found, method)
    photos_results.linger(engine, found, names)
    with right:
        photos_stage.detail(engine, found, names, method)
    with messages.shown():
        photos_evidence.taken(engine, found, names)
        photos_evidence.curves(engine, found, names)
        photos_evidence.held_out(engine, names)
    with hood(), messages.shown():
        photos_hood.picture(engine, found, names, method)
    photos_results.follow()


def show_page(left, rest) -> None:
    """A page of digits: the slider over it, and every digit by itself below."""
    with left:
        found = photos_digits.source()
        if found is None:
            rest.info("Bring a picture of digits on paper or on a board.", icon=":material/image:")
            return
        model, boxes, clean = photos_digits.choices(engine)
        downloads = st.empty()
    with rest:
        page = photos_digits.show(engine, found, model, boxes, clean)
    if page is None:
        return
    with rest:
        photos_digits.digits(engine, page, found)
    with downloads:
        photos_digits.download(page)
    with hood(), messages.shown():
        photos_hood.page(engine, page, model)


show_stage()
suggestions.show()
serving.warm_up()
