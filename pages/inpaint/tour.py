"""The Inpaint page's guided tour."""

from ui.teach.tour import Step, link, read, used

TOUR = (
    Step(
        "Drag the patch, or paint a hole of your own beside it.",
        "inpaint_pad",
        used(),
        part=".sheet",
        then="Whatever you cover is hidden from every method.",
    ),
    Step("Compare: networks on the left, smooth fills on the right.", "inpaint_board", read()),
    Step(
        "Choose Half: the top of the digit goes.",
        "inpaint_kind",
        link("inpaint_kind"),
        then="Now nothing on the edge says what was there: a network can only guess.",
    ),
    Step(
        "This search begins from 16 places at once. Point at one of them.",
        "inpaint_descent",
        used(),
        then="Several endings: several digits fit what is left.",
    ),
    Step("Would you have known? Pick a question and take a guess.", "inpaint_bets_row", link("bet")),
)
