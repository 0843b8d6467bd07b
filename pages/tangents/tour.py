"""The Tangents page's guided tour."""

from ui.teach.tour import Step, drew, link, used

STAGE = "tangents_stage_view"

TOUR = (
    Step(
        "Move the slider to its ends, and compare the two digits.",
        STAGE,
        used(),
        part="#far",
        then="Left, the network knows the direction: it stays a digit. Right, a random one: it drowns in noise.",
    ),
    Step(
        "Press Another direction, and slide again.",
        STAGE,
        used(),
        part=".hand",
        then="Each bends the digit another way. All ten stand below, with how far the judge still reads it.",
    ),
    Step(
        "Draw a digit of your own.",
        "tangents_input",
        drew(),
        then="Its directions are its own: they were computed for this very drawing.",
    ),
    Step(
        "Shift it up and down.",
        "tangents_shift",
        used(),
        then="The point runs along a curve in 784 dimensions, and its tangent keeps turning.",
    ),
    Step(
        "Can chance draw a digit? Press Start.",
        "tangents_slots_view",
        used(),
        part=".go",
        then="Pictures by the hundred, and no digit: there is far too much room outside the manifold.",
    ),
    Step("Would you have known? Pick a question and bet.", "tangents_bets_row", link("bet")),
)
