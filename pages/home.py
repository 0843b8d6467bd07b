"""Home: what this is, a digit to draw at once, and the models with their measured cards."""

import streamlit as st

from ui import shell

shell.enter()
shell.title(
    "Autoencoder Lab",
    "An autoencoder squeezes a picture through a short code and rebuilds it. To manage that, it must learn what "
    "digits look like: draw one, and see.",
)

with shell.loading(560):
    from ui import access, cards, front, inputs, messages

engine = access.engine()


@st.fragment(key="home_tiles")
def show_tiles() -> None:
    """What autoencoders make of the drawing while it is drawn; a pen movement reruns only this."""
    with messages.shown():
        front.show(engine, inputs.drawn())


with st.container(horizontal=True, gap="medium"):
    left, right = st.container(width=316), st.container(width="stretch")
with left:
    inputs.draw(follow="home_tiles")
with right:
    show_tiles()
    st.page_link("pages/denoise.py", label="Damage it in eight ways, and compare", icon=":material/arrow_forward:")
st.header("The models", anchor=False)
st.markdown("Each was trained by this project and measured on the 10,000 MNIST test digits, which it never saw.")
with messages.shown():
    cards.show(engine)
access.warm_up()
