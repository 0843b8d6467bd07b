"""Photos: whole pictures cleaned of noise by a network, beside strong classical filters; and pages of digits."""

import streamlit as st

from ui import shell

shell.enter()
shell.title(
    "Photos",
    "A filter must blur detail to lose noise; a network that has seen pictures knows which is which. Drag the line.",
)

with shell.loading(660):
    from ui import access, messages, photos

engine = access.engine()


@st.fragment(key="photos_stage")
def show_stage() -> None:
    """Picture, noise and method on the left, the slider in the middle, the same detail by every method beside it."""
    names, problem = photos.methods(engine)
    with st.container(horizontal=True, gap="medium"):
        left, middle, right = st.container(width=280), st.container(width=600), st.container(width="stretch")
    with messages.shown():
        with left:
            found = photos.subject()
            if found is None:
                middle.info("Bring a picture: photo, scan or drawing.", icon=":material/image:")
                return
            method = photos.choose(names)
            if problem:
                messages.missing({"photo": problem})
            downloads = st.empty()
        photos.start(engine, found, names, method)
        with right:
            photos.detail(engine, found, names, method)
        with middle:
            photos.slider(engine, found, method)
        with downloads:
            photos.download(engine, found, method)


show_stage()
access.warm_up()
