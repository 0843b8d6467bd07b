"""The Few labels page's guided tour."""

from ui.teach.tour import Step, link, shows, used

CURVES = "few_curves_view"
LABELLING = "few_labelling_view"

TOUR = (
    Step(
        "Move the slider to 10 labels, then to 60,000.",
        CURVES,
        link("few_labels"),
        part="input[type=range]",
        then="The gap between the lines is what pretraining saves. On the right it closes.",
    ),
    Step(
        "Name the digit: click its class, or press its key.",
        LABELLING,
        shows(".labelling:not([data-labels='0'])"),
        part=".keys",
        then="Two classifiers have learned from your label, and were tried on 500 digits that nobody labelled.",
    ),
    Step(
        "Let us label the rest.",
        LABELLING,
        used(),
        part=".tools",
        then="The line of the code rises faster: with few labels a good code is worth more than more labels.",
    ),
    Step("Do you know by now when it pays? Pick a question and bet.", "few_labels_bets_row", link("bet")),
)
