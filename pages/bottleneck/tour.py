"""The Bottleneck page's guided tour."""

from ui.teach.tour import Step, drew, hovered, link, shows, used

STAGE = "bottleneck_stage_view"
SLIDER = "input[type=range]"

TOUR = (
    Step(
        "Draw a digit with your mouse or finger.",
        "bottleneck_input",
        drew(),
        then="It is squeezed into a few numbers, the code, and rebuilt from them alone.",
    ),
    Step(
        "Drag the slider all the way down, to a code of 1 number.",
        STAGE,
        shows(".stage[data-place='0']"),
        part=SLIDER,
        then="Look at the face and the static: some kind of digit comes out, whatever goes in.",
    ),
    Step(
        "Now drag it all the way up, to 1,000 numbers.",
        STAGE,
        shows(".stage[data-place='10']"),
        part=SLIDER,
        then="Everything comes back, even static, which no one ever showed this network.",
    ),
    Step(
        "Move along the chart, and watch how far the dashed lines lie below the solid ones.",
        STAGE,
        hovered(),
        part=".chart",
        then="The gap is what the network knows about digits. It closes as the code gets wider.",
    ),
    Step(
        "This code has a single number. Drag its slider.",
        "bottleneck_line_view",
        used(),
        part=SLIDER,
        then="It learned 100 digits by heart, and between them it makes things up.",
    ),
    Step("Do you know the network by now? Pick a question and bet.", "bottleneck_bets_row", link("bet")),
)
