"""The Denoise page's guided tour."""

from ui.teach.tour import Step, drew, link, read

TOUR = (
    Step(
        "Draw a digit with your mouse or finger.",
        "pad",
        drew(),
        then="It is damaged, and three methods try to bring it back.",
    ),
    Step(
        "Compare the three answers.",
        "denoise_strip",
        read(),
    ),
    Step(
        "Choose another kind of damage.",
        "denoise_corruption",
        link("denoise_corruption"),
        then="The denoiser was trained on several kinds; a filter is made for one.",
    ),
    Step(
        "Drag the strength to its end, and watch what is invented.",
        "denoise_strength",
        link("denoise_strength"),
        then="Where nothing is left to see, a network draws what digits usually look like.",
    ),
    Step(
        "The lines show every strength at once. Where they cross, another method takes the lead.",
        "denoise_sweep",
        read(),
    ),
    Step("Would you have known? Pick a question and take a guess.", "denoise_bets_row", link("bet")),
)
