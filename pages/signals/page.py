"""Signals: a radio pulse under noise, and who hears it; and what a network learnt from a flaw of its data."""

import streamlit as st

from pages.signals import tabs
from ui import shell

shell.title("Signals", tabs.NOTICE[tabs.now()])

with shell.loading(700):
    from aecore.signals import heard, table
    from pages.signals import equations, filters, heartbeats, lesson, measured, own, stage, story, try_next
    from pages.signals.state import EQUATIONS, FILTERS, LESSON, MEASURED, STAGE, STORY, state
    from ui import messages, serving
    from ui.input.choice import choice
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.teach import bets
    from ui.teach.story import show as tell

engine = serving.engine()


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The trace, which the browser makes and hears; a released slider reruns this for the link and the sentence."""
    with messages.shown():
        stage.show(own.trace(), show_the_rest)
        listen()
    show_story()


def listen() -> None:
    """What Python hears of the same trace, for what is below; nothing of a file or a drawing, whose truth differs."""
    settings = stage.settings_now()
    simulated = own.trace() is None and not settings.drawn
    state().heard = heard.listen(engine, settings.trace) if simulated else None


@messages.fragment(key=STORY)
def show_story() -> None:
    """What is heard, in words; another setting reruns this, not the stage."""
    if state().heard is not None:
        tell(story.heard(state().heard))


def show_the_rest() -> None:
    """The hand has set something: what is below follows; the stage shows it already."""
    listen()
    st.rerun([STORY, EQUATIONS])


@messages.fragment(key=LESSON)
def show_lesson() -> None:
    """What the review's networks learnt from clipped traces."""
    st.header("Clipped traces give the pulse away", anchor=False)
    with messages.shown():
        lesson.show(engine, table.load())


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """Everybody, by SNR, over many traces."""
    st.header("Who hears how much?", anchor=False)
    with messages.shown():
        measured.show(engine, table.load())


@messages.fragment(key=FILTERS)
def show_filters() -> None:
    """Do convolutions act as frequency filters?"""
    st.header("Do convolutions act as frequency filters?", anchor=False)
    with messages.shown():
        filters.show(engine, table.load())


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().heard is not None:
        under_the_hood("signals", lambda: equations.show(engine, state().heard))


def show_radio() -> None:
    """Pulses in radio traces."""
    on_stage = st.container()
    own.show()  # before the stage, which shows it
    with on_stage:
        show_stage()
    shell.head_start()
    show_lesson()
    show_measured()
    show_filters()
    show_equations()
    try_next.show()
    deliver([table.NETWORK, *table.REVIEWS.values()])


stage.recall()
heartbeats.recall()
tab = choice(
    "Signal", list(tabs.NAMES), format_func=tabs.NAMES.get, default=tabs.RADIO, key=tabs.KEY,
    label_visibility="collapsed", on_change=bets.close, args=(("signals", "heartbeats"),),
)  # fmt: skip
if tab == tabs.RADIO:
    show_radio()
else:
    heartbeats.show(engine)
serving.warm_up()
