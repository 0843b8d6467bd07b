"""The Signals page's guided tours, one a tab."""

from collections.abc import Sequence

from pages.signals import tabs
from ui.teach.tour import Step, link, read, used

STAGE, STRIP, ODD = "signals_stage_view", "signals_strip_view", "signals_odd_view"

TOUR = (
    Step(
        "Turn the SNR down to 2 or less.",
        STAGE,
        used(),
        part=".top .dial",
        then="The pulse sinks into the noise. The network's line still shows where it is, until it fails too.",
    ),
    Step(
        "Choose the matched filter, then the Wiener filter.",
        STAGE,
        link("signals_way"),
        part=".ways",
        then="One draws the pulse's known shape; the other can only weigh frequencies.",
    ),
    Step(
        "Choose uniform noise.",
        STAGE,
        link("signals_noise", "uniform"),
        part=".noises",
        then="It is bounded: once a pulse rises above it, the largest sample finds it without any network.",
    ),
    Step(
        "See how many of the next twelve pulses are found; choose one to look closer.",
        STAGE,
        link("signals_seed"),
        part=".gallery",
        then="They are not selected: hits, right places with a poor shape, and plain mistakes.",
    ),
    Step("Read what the review's network learnt from clipped traces.", "signals_lesson_table", read()),
    Step("Who hears best? Pick a question and bet.", "signals_bets_row", link("bet")),
)

HEARTBEATS = (
    Step(
        "Turn the muscle noise up to 0.2 mV.",
        STRIP,
        link("heart_muscle"),
        part="label:nth-of-type(2)",
        then="The filter must spare the beat's sharp peaks, which share their frequencies with the noise.",
    ),
    Step(
        "Now choose another person's heartbeats.",
        STRIP,
        link("heart_person"),
        part=".people",
        then="The network learnt from other people. Does it gain as much here?",
    ),
    Step(
        "Read who takes how much noise away, over all eight people.",
        "signals_heart_gains",
        read(),
    ),
    Step(
        "Choose supraventricular beats.",
        ODD,
        link("heart_kind", "S"),
        part=".kinds",
        then="Most stay below the line: they are shaped like normal beats, and come too early.",
    ),
    Step("What else would you bet on? Pick a question.", "heartbeats_bets_row", link("bet")),
)


def of_tab() -> Sequence[Step]:
    """The tour of the tab that is open."""
    return HEARTBEATS if tabs.now() == tabs.HEARTBEATS else TOUR
