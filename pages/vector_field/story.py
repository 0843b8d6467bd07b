"""The Vector field page's thread of prose, for what is being trained."""

from aecore.data.plane import CURVES, curve
from aecore.field import FieldRecipe, best_denoiser


def arrows(recipe: FieldRecipe, shape: str) -> str:
    """What the arrows are, and why they do not quite vanish on the data."""
    if recipe.kind == "plain":
        return (
            "Nobody asks this network for more than to give each point back. It does so on the data, and about as well "
            "beside them: nothing tells it that noise is to go. Train it with noise, and compare."
        )
    if recipe.kind == "contractive":
        text = (
            f"No noise here: instead the network pays σ² = {recipe.sigma**2:.2f} for every change of its answer. So it "
            "gives way only along the data, where it must, and pulls in everything beside them. For small σ a denoiser "
            "learns the same, and these arrows follow the [[score]], too."
        )
    else:
        text = (
            f"Each point is moved by noise of σ = {recipe.sigma:.2f}, and the network must say where it came from. Its "
            "best answer is the mean of all points that it may have been, so its arrows follow the [[score]]: uphill, "
            "to where data are dense."
        )
        if shape in CURVES:
            points = curve(shape)
            moved = float((best_denoiser(points, recipe.sigma, points) - points).norm(dim=1).mean())
            text += (
                f" On a bend that mean lies inside: even a perfect network would move these data by {moved:.3f} on "
                "average."
            )
    return text
