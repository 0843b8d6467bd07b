"""The GANs page's thread of prose, for the game on the board."""

from aecore.gans.plane import PlaneRecipe

_GAMES = {
    "minimax": "The [[critic]] says how likely each place is real; the generator makes small what the critic makes "
    "large. Where the critic is sure, this loss is flat, which textbooks hold against it. Does that matter here?",
    "non-saturating": "The generator raises the log of the critic's verdict instead of lowering the log of its "
    "opposite: the same goal, but steep where it fails. That is the GAN of most papers.",
    "wgan-gp": "The critic's scores have no bounds; their gap measures a distance between the two clouds, as long as "
    "its slope stays near 1. So it pays λ for every slope that does not.",
    "wgan-div": "No slope is asked for here: the critic pays k times the sixth power of its slope, so gentle ones are "
    "nearly free, and steep ones cost much.",
}


def game(recipe: PlaneRecipe) -> str:
    """What the two play for, and what to watch."""
    text = _GAMES[recipe.game]
    if recipe.game == "wgan-gp" and recipe.strength >= 1:
        text += " At λ = 10, the paper's value for pictures, the critic is far too stiff for this small ring."
    if recipe.lr > recipe.critic_lr:
        text += (
            " Now the generator learns faster than its critic: it runs to the place that looks best at the moment, all "
            "of it together. That is [[mode collapse]]."
        )
    else:
        text += " Samples may lie right on one mode, each of them sharp, and miss the 7 others: sharp is not varied."
    return text
