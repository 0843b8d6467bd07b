"""The Generate page's guided tour."""

from ui.teach.tour import Step, hovered, link, used

WRITER = "generate_writer"

TOUR = (
    Step(
        "Type a number of your own.",
        WRITER,
        used(),
        part="input.number",
        then="The network is told each digit. One code of two numbers gives all of them the same hand.",
    ),
    Step(
        "Move over the plane.",
        WRITER,
        hovered(),
        part=".plane canvas",
        then="Every place is a style. Inside the rings lie the styles that the prior draws most.",
    ),
    Step(
        "Choose Style sliders: a code of sixteen numbers.",
        "generate_model",
        link("generate_model"),
        then="In its code, slant, width and thickness were found as directions.",
    ),
    Step(
        "Drag the slant all the way to the right.",
        WRITER,
        used(),
        part=".sliders",
        then="Beside it stands what you asked for and what was drawn. Far out the decoder falls behind.",
    ),
    Step(
        "Choose Your handwriting.",
        "generate_section",
        link("generate_section"),
        then="Draw a digit there, and all ten appear in your hand; the numbers say how much of it was kept.",
    ),
    Step("Do you know this code by now? Pick a question and bet.", "generate_bets_row", link("bet")),
)
