"""The Masked page's guided tour."""

from ui.teach.tour import Step, drew, link, used

STAGE = "masked_digit_view"

TOUR = (
    Step(
        "Click a patch to hide or show it, or drag over several.",
        STAGE,
        used(),
        part=".cells",
        then="The network guesses the hidden patches at once, in your browser.",
    ),
    Step(
        "Move the slider.",
        STAGE,
        used(),
        part="input[type=range]",
        then="At 75%, twelve patches are left: nothing else enters the encoder.",
    ),
    Step(
        "Hide one block instead.",
        STAGE,
        link("masked_way", "block"),
        part=".ways",
        then="Just as many patches are seen, but in the hole there is nothing to go on.",
    ),
    Step(
        "Draw a digit of your own.",
        "masked_input",
        drew(),
        then="It is cut into patches as you draw.",
    ),
    Step("Do you know the network by now? Pick a question and bet.", "masked_bets_row", link("bet")),
)
