"""The GANs page's thread of prose, for the game on the board."""

from aecore.gans import plane
from aecore.gans.plane import PlaneRecipe

_GAMES = {
    "minimax": "The [[critic]] says how likely each place is to be real; the generator lowers what the critic "
    "raises. Where the critic is sure, this loss goes flat: textbooks warn of that. Does it matter here?",
    "non-saturating": "The generator raises the log of the critic's verdict instead of lowering the log of its "
    "opposite: the same goal, but steep where it fails. Most papers' GANs play this game.",
    "wgan-gp": "The critic's scores have no bounds; their gap measures a distance between the two clouds, as long as "
    "its slope stays near 1. So it pays λ times the squared difference from 1.",
    "wgan-div": "No particular slope is asked for: the critic pays k times the sixth power of its slope, so gentle "
    "slopes are nearly free and steep ones cost a lot.",
}


def game(recipe: PlaneRecipe) -> str:
    """What the two play for, and what to watch."""
    text = _GAMES[recipe.game]
    if recipe.game == "wgan-gp" and recipe.strength >= 1:
        text += " At λ = 10, the paper's value for pictures, the critic is far too stiff for this small ring."
    if recipe.lr > recipe.critic_lr:
        text += (
            " Now the generator learns faster than its critic: all its samples may rush to the place that looks best "
            "at the moment. That is [[mode collapse]]."
        )
    else:
        others = len(plane.centres(recipe.shape)) - 1
        text += (
            f" Samples may lie right on one mode, all of them sharp, and miss the other {others}: sharp is not varied."
        )
    return text
