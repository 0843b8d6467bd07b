"""Generate: numbers written in a style that the visitor chooses, by models that are told the class."""

import streamlit as st

from ui import shell

shell.title(
    "Generate",
    "The network is told the class, so its code holds only the style. "
    "Change the style, and every digit changes its handwriting together.",
)

with shell.loading(660):
    from pages.generate import (
        controls,
        equations,
        export,
        grid,
        measured,
        prior,
        prompt,
        transfer,
        try_next,
        writer,
    )
    from pages.generate.state import CAPTION, EQUATIONS, EXPORT, GRID, MEASURED, PRIOR, STAGE, TRANSFER
    from ui import messages, serving
    from ui.live.networks import deliver
    from ui.output.network import inside

engine = serving.engine()
writer.recall()
asked = controls.show(engine)


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The style on the left, the number in it on the right; all of it lives in the browser."""
    with messages.shown():
        writer.show(engine, writer.now(*asked), "generate_writer", on_settled=show_the_rest)
    with messages.shown():
        inside(engine, asked[:1], None, "generate_inside")


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, lest a stroke there in the same message be lost, too."""
    st.rerun([GRID, TRANSFER, EQUATIONS])


@messages.fragment(key=GRID)
def show_grid() -> None:
    """Ten classes by ten styles."""
    st.header("Class against style", anchor=False)
    with messages.shown():
        grid.grid(engine, writer.now(*asked))


@messages.fragment(key=TRANSFER)
def show_transfer() -> None:
    """All ten digits in the visitor's own hand; a pen movement reruns only this."""
    st.header("Ten digits in your hand", anchor=False)
    with messages.shown():
        transfer.show(engine, writer.now(*asked))


@messages.fragment(key=CAPTION)
def show_caption() -> None:
    """Digits asked for in words."""
    st.header("Ask in words", anchor=False)
    with messages.shown():
        prompt.show(engine)


@messages.fragment(key=PRIOR)
def show_prior() -> None:
    """The same codes through a CVAE, a VAE and an autoencoder."""
    st.header("Why the prior matters", anchor=False)
    with messages.shown():
        prior.show(engine, asked[2])


@messages.fragment(key=EXPORT)
def show_export() -> None:
    """Thousands of samples to take home."""
    st.header("Take samples home", anchor=False)
    with messages.shown():
        export.show(engine, writer.now(*asked))


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What is still read as asked, and how varied it is, as the temperature rises."""
    st.header("How far from the middle?", anchor=False)
    with messages.shown():
        measured.show(engine, writer.now(*asked))


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """The equations with this picture's numbers, and the source that ran."""
    with st.expander("Under the hood", icon=":material/functions:"), messages.shown():
        equations.show(engine, writer.now(*asked))


show_stage()
deliver([asked[0], "judge", *(name for name in writer.MODELS if name != asked[0])])  # early: the plane waits
show_grid()
show_transfer()
show_caption()
show_prior()
show_export()
show_measured()
show_equations()
try_next.show()
serving.warm_up()
