"""The Compress page's guided tour."""

from ui.teach.tour import Step, drew, link, used

STAGE = "compress_stage_view"

TOUR = (
    Step(
        "Draw a digit with your mouse or finger.",
        "compress_input",
        drew(),
        then="The dark cells are all its bytes. The picture beside them is drawn from these alone.",
    ),
    Step(
        "Move the step to the right, to finer rounding.",
        STAGE,
        used(),
        part="input[type=range]",
        then="More bytes, more dB. But 32 numbers are soon full.",
    ),
    Step(
        "Choose 128 numbers.",
        STAGE,
        link("compress_code", "compress"),
        part=".codes",
        then="Where 32 numbers are full, these go on.",
    ),
    Step(
        "Now compress a shoe.",
        "compress_answer",
        link("compress_picture", "A shoe"),
        then="The network has only ever seen digits. JPEG does not care.",
    ),
    Step("Do you know now what it can hold? Pick a question and bet.", "compress_bets_row", link("bet")),
)
