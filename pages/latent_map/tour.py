"""The latent map's guided tour."""

from ui.teach.tour import Step, drew, hovered, link, shows, used

BOARD = "map_panels_board"
VAE = "section[data-map='vae-2'] "

TOUR = (
    Step(
        "Draw a digit with your mouse or finger.",
        "map_input",
        drew(),
        then="The star is its code, two numbers. Below each map stands what the network redraws from these alone.",
    ),
    Step(
        "Move over the autoencoder's map, also where no point lies.",
        BOARD,
        hovered(),
        part="section[data-map='ae-2-bce'] .plot",
        then="The network decodes the very place under your pointer. Far from the crowd its digits fall apart.",
    ),
    Step(
        "Click the VAE's map between two colours.",
        BOARD,
        link("map_view"),
        part=VAE + ".plot",
        then="That is pinned: below the maps stand what it decodes to and the nearest real digits.",
    ),
    Step(
        "Press Same scale, so that each map has a scale of its own.",
        BOARD,
        used(),
        part=".scale",
        then="Read the axes: the clouds look alike now, but the autoencoder's is several times as wide.",
    ),
    Step(
        "Open More numbers below the VAE.",
        BOARD,
        shows(VAE + "details[open]"),
        part=VAE + ".numbers",
        then="Class by class, how many codes lie inside the ring. The prior pulls at all of them; not all come.",
    ),
    Step("Do you know these maps by now? Pick a question and bet.", "latent_map_bets_row", link("bet")),
)
