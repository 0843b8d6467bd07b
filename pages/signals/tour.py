"""The Signals page's guided tour."""

from ui.teach.tour import Step, link, read, used

STAGE = "signals_stage_view"

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
