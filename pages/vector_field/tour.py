"""The Vector field page's guided tour."""

from ui.teach.tour import Step, link, used

BOARD = "field_board"

TOUR = (
    Step(
        "Click anywhere on the board to drop a point. With keys: arrows move, Enter drops.",
        BOARD,
        used(),
        part="canvas.view",
        then="It follows the arrows to the data: each step is one pass through the network.",
    ),
    Step(
        "Under More settings, turn the noise up, and watch the arrows while the network trains.",
        "field_more",
        link("field_sigma"),
        then="It expects points from farther away now, so the arrows reach farther, and blur the data.",
    ),
    Step(
        "There, choose Plain: train without any noise.",
        "field_more",
        link("field_kind", "Plain"),
        then="The arrows shrink almost everywhere. A network that only copies does not know where the data lie.",
    ),
    Step(
        "Back to Denoising.",
        "field_more",
        link("field_kind"),
        then="The network begins anew, and soon the arrows point to the data again.",
    ),
    Step(
        "Open More, and choose Wander: noise is added and taken away in turn.",
        BOARD,
        link("field_walk"),
        part=".more",
        then="The points travel along the data and never rest: a crude way to draw new samples.",
    ),
    Step("Would you have known? Pick a question and bet.", "vector_field_bets_row", link("bet")),
)
