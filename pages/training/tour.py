"""The Training page's guided tour."""

from ui.teach.tour import Step, link, shows, used

BOARD = "training_board"

TOUR = (
    Step(
        "Two networks learn the same digits; only their losses differ. Press Step.",
        BOARD,
        shows(".lines:not([hidden])"),
        part=".step",
        then="These are the five lines of every training, one by one, with the numbers of this very step.",
    ),
    Step(
        "Press play, and watch the pictures, the curves and the plane.",
        BOARD,
        shows(".play.on"),
        part=".play",
        then="The dashed line is the loss on digits the network does not learn from.",
    ),
    Step(
        "Now look at drawn pixels instead of their means.",
        BOARD,
        used(),
        part="[data-paint=drawn]",
        then="A mean is smooth. A sample has all the noise that the loss assumes.",
    ),
    Step(
        "Choose another loss for the second network: the Gaussian that learns its σ.",
        "training_losses",
        link("training_beside", "VAE, Gaussian, learned σ"),
        then="The run goes on, with a mark on its curve. Small errors count now: watch the pictures get clearer.",
    ),
    Step("Would you have known? Pick a question and bet.", "training_bets_row", link("bet")),
)
