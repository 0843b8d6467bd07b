"""Anomalies: what a network never saw it cannot redraw, and the error shows where; and scores that this fools."""

import streamlit as st

from ui import shell

shell.title(
    "Anomalies",
    "A network redraws badly what it never saw, so its error finds what is odd. Not always.",
)

with shell.loading(660):
    from aecore.anomaly import table
    from aecore.anomaly.normal import DIGITS
    from pages.anomalies import equations, measured, stage, story, textures, try_next
    from pages.anomalies.state import EQUATIONS, MEASURED, STAGE, STORY, TEXTURES, state
    from ui import messages, serving
    from ui.input.digit import (
        ANOTHER,
        INPUT_WIDTH,
        Chosen,
        draw_digit,
        first_digit,
        input_digit,
        scratched_digit,
        source_choice,
    )
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
stage.recall()
SMALL_PAD = "<style>@media (max-width: 640px) {.st-key-anomalies_input [class*=st-key-pad] {max-width: 176px}}</style>"


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit on the left, its scores on the right; a pen movement reruns this."""
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=INPUT_WIDTH, key="anomalies_input")
        right = st.container(width="stretch", key="anomalies_answer")
    digit = first_digit(stage.EXAMPLE)
    with left, messages.shown():
        digit = hand_digit()
    with right, messages.shown():
        state().shown = None
        state().shown = stage.mark(engine, on_stage(digit), stage.settings_now())
        stage.show(engine, state().shown, digit, show_the_rest)
    with messages.shown():
        settings = stage.settings_now()
        networks = serving.available(engine, *stage.networks_of(settings))
        y = None if settings.normal == DIGITS else int(settings.normal)
        inside(engine, networks, on_stage(digit), "anomalies_inside", digit.seq, y)
        deliver(networks)
    show_story()


def hand_digit() -> Chosen:
    """A drawing, or another digit to be scratched: the pad stands at the same place for both."""
    with st.popover(ANOTHER, icon=":material/draw:", key="anomalies_digit_from"):
        source = source_choice("anomalies")
        digit = first_digit(stage.EXAMPLE)
        if source != "draw":
            with messages.shown():
                digit = input_digit(source, "anomalies", index=stage.EXAMPLE)
    return draw_digit(index=stage.EXAMPLE) if source == "draw" else scratched_digit(digit)


def on_stage(digit: Chosen):
    """The digit, or what the visitor put in its place; another digit takes the place back."""
    before, settings, pixels = state().digit, stage.settings_now(), digit.x.numpy().tobytes()
    state().digit = pixels
    if before not in (b"", pixels) and settings.thing:
        stage.set_by_page(stage.without_thing(settings))
        return digit.x
    return stage.thing(settings.thing) if settings.thing else digit.x


@messages.fragment(key=STORY)
def show_story() -> None:
    """What the scores say; another setting reruns this, too."""
    if state().shown is not None:
        tell(story.told(state().shown))


def show_the_rest() -> None:
    """The hand has set something: the stage is scored again, and what is below follows."""
    st.rerun([STAGE, EQUATIONS])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What ten classes and real strangers say."""
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key=TEXTURES)
def show_textures() -> None:
    """A texture under the visitor's pen; filled only while it is open."""
    st.header("Not only digits: find the scratch", anchor=False)
    opened = st.expander(
        "Scratch a brick wall, stain the grass", icon=":material/texture:", on_change="rerun",
        key="anomalies_textures", bind="query-params",
    )  # fmt: skip
    if opened.open:
        with opened, messages.shown():
            textures.show(engine)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().shown is not None:
        under_the_hood("anomalies", lambda: equations.show(engine, state().shown))


st.html(SMALL_PAD)
show_stage()
shell.head_start()
show_textures()
show_measured()
show_equations()
try_next.show()
serving.warm_up()
