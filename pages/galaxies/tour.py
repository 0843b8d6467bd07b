"""The Galaxies page's guided tour."""

from ui.teach.tour import Step, link, shows, used

STAGE = "galaxies_stage_view"

TOUR = (
    Step(
        "Drag the slider from A to B.",
        STAGE,
        used(),
        part="input[type=range]",
        then="Every picture between is decoded from 50 numbers, in your browser. The coloured band is its class.",
    ),
    Step(
        "Choose the cross-fade.",
        STAGE,
        link("galaxies_way", "fade"),
        part=".ways",
        then="Two galaxies on top of each other: no galaxy looks like that.",
    ),
    Step(
        "Turn a galaxy, and watch the straight line between two codes fail.",
        "galaxies_turn_view",
        used(),
        part="input[type=range]",
        then="The farther the ends are turned apart, the less the middle is a turned galaxy.",
    ),
    Step(
        "Pull at the widest direction of the code.",
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
        then="A missing column of the camera is too thin for the error to count much.",
    ),
    Step("Do you know galaxies by now? Pick a question and bet.", "galaxies_bets_row", link("bet")),
)
