"""The Galaxies page's guided tour."""

from ui.teach.tour import Step, link, shows, used

STAGE = "galaxies_stage_view"

TOUR = (
    Step(
        "Drag the slider from A to B.",
        STAGE,
        used(),
        part="input[type=range]",
        then="Every picture in between is decoded from 50 numbers, in your browser. The coloured band is its class.",
    ),
    Step(
        "Choose the cross-fade.",
        STAGE,
        link("galaxies_way", "fade"),
        part=".ways",
        then="That is one galaxy on top of another: no single galaxy looks like it.",
    ),
    Step(
        "Turn a galaxy, and watch the straight line between two codes fail.",
        "galaxies_turn_view",
        used(),
        part="input[type=range]",
        then="The farther apart the ends are turned, the less the middle looks like a turned galaxy.",
    ),
    Step(
        "Pull the code along its widest direction.",
        "galaxies_pull_view",
        used(),
        part=".sliders",
        then="Nobody told the network what brightness is.",
    ),
    Step(
        "Look for a dark line among the odd frames.",
        "galaxies_odd_view",
        shows(".tools [aria-checked=true]:not(:first-child)"),
        part=".tools",
        then="A missing camera column is too thin to count for much in the error.",
    ),
    Step("Do you know galaxies by now? Pick a question and bet.", "galaxies_bets_row", link("bet")),
)
