"""The Regularise page's guided tour."""

from ui.teach.tour import Step, drew, link, shows, used

TOUR = (
    Step(
        "Draw a digit. Four networks of 500 units each copy it.",
        "pad",
        drew(),
        then="Their pictures look alike. How they got there does not.",
    ),
    Step(
        "Choose No rule: nothing keeps this network from copying.",
        "regularise_wall",
        link("regularise_network", "wide"),
        part=".cards",
        then="Look at the bars: most of its 500 units answer to your digit.",
    ),
    Step(
        "Now choose Few units, where every active unit costs.",
        "regularise_wall",
        link("regularise_network", "wide-sparse"),
        part=".cards",
        then="A few units draw the same digit, nearly as well or better.",
    ),
    Step(
        "Open What each unit looks for.",
        "regularise_wall",
        shows(".units[open]"),
        part=".units",
        then="Lit tiles answer to your digit. Pick one: on its right stand the digits that excite it most.",
    ),
    Step(
        "Take more pixels away, and compare the three pictures.",
        "regularise_shake_view",
        used(),
        part="input[type=range]",
        then="The bars say how far code and picture moved: 100% is another digit.",
    ),
    Step("Would you have known? Pick a question and bet.", "regularise_bets_row", link("bet")),
)
