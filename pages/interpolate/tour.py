"""The Interpolate page's guided tour."""

from ui.teach.tour import Step, drew, link, used

WALK = "interpolate_walk_view"

TOUR = (
    Step(
        "Drag the slider from A to B.",
        WALK,
        used(),
        part="input[type=range]",
        then="The cross-fade shows both pictures at once. A network decodes a single code at each place.",
    ),
    Step(
        "Press play, and stop it where VAE-2 looks least like A or B.",
        WALK,
        used(),
        part=".play",
        then="Its code has two numbers: the way leads through whatever lies between on its map.",
    ),
    Step(
        "Press the picture of A to change it.",
        WALK,
        link("interpolate_change", "A"),
        part=".first .end",
        then="Here you draw A, or bring it from elsewhere. B works the same way.",
    ),
    Step(
        "Draw a digit as A.",
        "interpolate_stage_parts",
        drew(),
        then="All rows follow your pen: the networks run in your browser.",
    ),
    Step(
        "Further down, turn one number of A's code.",
        "interpolate_dials",
        used(),
        part="input[type=range]",
        then="Each number of the code stands for something: a slant, a loop, a thickness.",
    ),
    Step("Do you know the ways by now? Pick a question and bet.", "interpolate_bets_row", link("bet")),
)
