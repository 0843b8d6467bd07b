"""Home's guided tour."""

from ui.teach.tour import Step, drew, link, read, used

TOUR = (
    Step(
        "Draw a digit with your mouse or finger.",
        "pad",
        drew(),
        then="Three autoencoders squeeze it into 32, 8 and 2 numbers and draw it again from these alone.",
    ),
    Step(
        "Drag one of the bars up or down. Each is a number of the code.",
        "home_codes",
        used(),
        part=".code",
        then="The picture follows: the code is all that the second half of the network sees.",
    ),
    Step("Compare the rows: 32, 8 and 2 numbers. The fewer there are, the more it has to guess.", "home_codes", read()),
    Step("Another lesson: this network learned to take noise away, by seeing noisy digits.", "home_strip", read()),
    Step("Would you have known? Pick a question and take a guess, or go on to a page.", "home_bets_row", link("bet")),
)
