"""The Anomalies page's guided tour."""

from ui.teach.tour import Step, drew, link, shows, used

STAGE = "anomalies_stage_view"

TOUR = (
    Step(
        "Draw a 4, then something that is none.",
        "anomalies_input",
        drew(),
        then="The network has seen 4s alone. Blue ink it would not draw, orange ink it expects.",
    ),
    Step(
        "Drag the threshold over the histogram.",
        STAGE,
        used(),
        part="input[type=range]",
        then="Stricter means fewer false alarms, and fewer finds: the dot moves along the ROC.",
    ),
    Step(
        "Choose digits as normal, and the empty page.",
        STAGE,
        link("anomalies_thing", "empty"),
        part=".things",
        then="Some scores fall for it. Which?",
    ),
    Step(
        "Choose another score.",
        STAGE,
        shows(".marks [aria-checked=true]:not(:first-child)"),
        part=".marks",
        then="Each sees another fault. Nearest neighbours need no network at all.",
    ),
    Step("Do you trust the scores by now? Pick a question and bet.", "anomalies_bets_row", link("bet")),
)
