"""Generate: numbers written in a style that the visitor chooses, by models that are told the class."""

import streamlit as st

from ui import shell

shell.title("Generate", "Told the digit, a network codes only the style: change it.")

with shell.loading(660):
    from pages.generate import controls, equations, sections, story, try_next, writer
    from pages.generate.state import EQUATIONS, SECTION, STAGE
    from ui import messages, serving
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

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
    st.rerun([SECTION, EQUATIONS])


@messages.fragment(key=SECTION)
def show_section() -> None:
    """One thing more to do with a code that holds only the style."""
    with messages.shown():
        tell(story.written(engine, writer.now(*asked)))
        sections.show(engine, writer.now(*asked))


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """The equations with this picture's numbers, and the source that ran."""
    under_the_hood("generate", lambda: equations.show(engine, writer.now(*asked)))


show_stage()
deliver([asked[0], "judge", *(name for name in writer.MODELS if name != asked[0])])  # early: the plane waits
show_section()
show_equations()
try_next.show()
serving.warm_up()
