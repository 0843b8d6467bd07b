"""The Super-resolution page's guided tour."""

from aecore.restore.upscaling import LEFT_OUT
from ui.teach.tour import Step, drew, link, read, used

TOUR = (
    Step(
        f"Draw a {LEFT_OUT}.",
        "pad",
        drew(),
        then="Only a few coarse pixels of it are left, and two networks draw it again from these.",
    ),
    Step(f"Compare the two: only one of them has ever seen a {LEFT_OUT}.", "super_strip", read()),
    Step(
        "Choose more pixels.",
        "super_side",
        link("super_side"),
        then="The more is seen, the less has to be guessed, and the less the training matters.",
    ),
    Step(
        "Ten real digits, not yours alone. Click one to bring it up.",
        "super_board",
        link("super_digit"),
        then="Red: the judge reads another digit than was written.",
    ),
    Step(
        "Paint the coarse pixels yourself.",
        "super_paint_desk",
        used(),
        then="Both answers fit your pixels. They differ in what they believe about digits.",
    ),
    Step("Would you have known? Pick a question and take a guess.", "super_resolution_bets_row", link("bet")),
)
