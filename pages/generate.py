"""Generate: numbers written in a style that the visitor chooses, by models that are told the class."""

import streamlit as st

from ui import shell

shell.enter()
shell.title(
    "Generate",
    "These networks are told which digit to write, so their code holds only the style. "
    "Move over the plane: every digit changes its handwriting together.",
)

with shell.loading(660):
    from ui import access, generation, live, messages, writing

engine = access.engine()
with messages.shown():
    model, temperature, seed = generation.controls(engine)


@st.fragment(key="generate_stage")
def show_stage() -> None:
    """The style on the left, the number in it on the right; all of it lives in the browser."""
    with messages.shown():
        writing.show(engine, writing.now(model, temperature, seed), "generate_writer")


show_stage()
live.deliver([model, "judge", *(name for name in writing.MODELS if name != model)])
access.warm_up()
