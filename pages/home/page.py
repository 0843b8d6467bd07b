"""Home: what this is, a digit to draw at once, and the models with their measured cards."""

import streamlit as st

from pages import PAGES
from ui import shell

shell.title(
    "Autoencoder Lab",
    "An autoencoder squeezes a picture into a few numbers, and redraws it from those numbers alone.",
)

with shell.loading(560):
    from pages.home import codes, story, strip, try_next
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, draw_digit, drawn_digit, first_digit
    from ui.input.pad import drawing
    from ui.live.networks import deliver
    from ui.output import model_cards
    from ui.server import ask
    from ui.teach.story import show as tell

engine = serving.engine()
SMALL_PAD = "<style>@media (max-width: 640px) {.st-key-home_pad {max-width: 224px}}</style>"  # the rows beside it, too


@messages.fragment(key="home_stage")
def show_stage() -> None:
    """A pad on the left, what autoencoders make of the drawing on the right; a pen movement reruns only this."""
    with shell.first_screen(), st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH, key="home_pad"), st.container(width="stretch")
    digit = first_digit(codes.EXAMPLE)
    with left, messages.shown():
        digit = draw_digit(index=codes.EXAMPLE)
    with right, messages.shown():
        codes.show(engine, digit, ask.offer("home_codes", code_answer))
        strip.show(engine, digit, ask.offer("home_strip", answer))
    with messages.shown():
        tell(story.squeezed(engine, digit))


def code_answer(strokes: object) -> dict:
    """What the rows show for a drawing."""
    return codes.shown(engine, drawn_digit(drawing(strokes, seq=0), codes.EXAMPLE))


def answer(strokes: object) -> dict:
    """What the strip shows for a drawing."""
    return strip.shown(engine, drawn_digit(drawing(strokes, seq=0), codes.EXAMPLE))


@messages.fragment(key="home_models")
def show_models() -> None:
    """The models with their cards; filled while it is open: they are hundreds of elements."""
    opened = st.expander("The models", icon=":material/inventory_2:", on_change="rerun", key="home_models_open")
    if opened.open:
        with opened, messages.shown():
            st.markdown(
                "Each was trained by this project and measured on what it never saw: the 10,000 MNIST test digits, "
                "three photos, or another part of a texture."
            )
            model_cards.show(engine)


st.html(SMALL_PAD)
show_stage()
shell.head_start()
st.header("What next?", anchor=False)
with st.container(horizontal=True):
    for page in PAGES[1:]:
        st.page_link(page.script, label=page.door, icon=page.icon)
show_models()
try_next.show(engine)
deliver([*codes.SIZES, *strip.networks(engine)])
serving.warm_up()
