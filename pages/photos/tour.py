"""The Photos page's guided tour."""

from ui.teach.tour import Step, link, used

PICTURE = "photos_slider"

TOUR = (
    Step(
        "Drag the line across the picture.",
        PICTURE,
        used(),
        then="Left of it stands the noisy picture, right of it what the network makes of it.",
    ),
    Step(
        "Click a place with fine detail.",
        PICTURE,
        link("photos_spot"),
        then="Every method shows this detail. Which keeps it, and which smears it?",
    ),
    Step(
        "Turn the noise up.",
        "photos_sigma",
        used(),
        then="The more noise, the more each method has to make up.",
    ),
    Step(
        "Choose another method for the large picture.",
        "photos_crops",
        used(),
        then="Filters know only this picture. The network has seen twenty others.",
    ),
    Step("Would you have known? Pick a question and take a guess.", "photos_bets_row", link("bet")),
)
