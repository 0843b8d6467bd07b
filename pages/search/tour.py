"""The Search page's guided tour."""

from ui.teach.tour import Step, drew, link, shows, used

STAGE = "search_stage_view"

TOUR = (
    Step(
        "Draw a digit with your mouse or finger.",
        "search_input",
        drew(),
        then="The network turns it into bits, and your browser compares them with 60,000 codes at every stroke.",
    ),
    Step(
        "Click a bit to flip it.",
        STAGE,
        shows(".bits .flipped"),
        part=".bits",
        then="The hits change, and so does the digit that the network draws from the bits.",
    ),
    Step(
        "Move the radius of the ball.",
        STAGE,
        used(),
        part="input[type=range]",
        then="Faded hits are outside of it. A bar is all digits at one distance; the scale is logarithmic.",
    ),
    Step(
        "Choose 16 bits.",
        STAGE,
        link("search_bits", "16"),
        part=".lengths",
        then="Two bytes are few: more strangers share your digit's code.",
    ),
    Step("Do you know the codes by now? Pick a question and bet.", "search_bets_row", link("bet")),
)
