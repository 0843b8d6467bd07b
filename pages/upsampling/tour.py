"""The Upsampling page's guided tour."""

from ui.teach.tour import Step, drew, hovered, link

GRID, DECODERS = "upsampling_grid_view", "upsampling_decoders_view"

TOUR = (
    Step(
        "Point at a cell of the output, or tap it.",
        GRID,
        hovered(),
        part=".output .cells",
        then="The inputs and weights behind it light up, and the sum is written out.",
    ),
    Step(
        "Set the kernel to 4.",
        GRID,
        link("up_kernel", "4"),
        part=".dials",
        then="The stride divides it now: every inner cell is covered equally often, and flat stays flat.",
    ),
    Step(
        "Choose Nearest.",
        GRID,
        link("up_way", "nearest"),
        part=".ways",
        then="Each number is repeated. Nothing overlaps, so nothing overlaps unevenly.",
    ),
    Step(
        "Draw a digit.",
        "upsampling_input",
        drew(),
        then="Random weights above, trained ones below: see which checkerboards are left.",
    ),
    Step(
        "Give unpooling the places of another digit.",
        DECODERS,
        link("up_places", "other"),
        part=".places",
        then="It still has your digit's code. Look at what it draws.",
    ),
    Step("Would you have known? Pick a question and bet.", "upsampling_bets_row", link("bet")),
)
