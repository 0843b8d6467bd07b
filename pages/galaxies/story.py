"""The Galaxies page's thread of prose."""

from aecore.data.galaxies import CREDIT, STRETCH
from aecore.galaxies.table import BLACK, MEAN, PCA, SMALL, Measured


def told(measured: Measured) -> str:
    """How well fifty numbers do, beside what is simpler."""
    small, pca, mean, black = (measured.rows[way].mse[0] for way in (SMALL, PCA, MEAN, BLACK))
    beats = "less than" if small < pca else "**more** than"
    return (
        f"A picture has 49,152 numbers, its [[code]] 50. On 188 unseen galaxies the [[VAE]]'s squared error is "
        f"{errors(small)}, {beats} [[PCA]] with 50 axes ({errors(pca)}), the mean galaxy ({errors(mean)}) or a black "
        f"picture ({errors(black)}; the sky is dark). Fine structure is lost. Pictures: {CREDIT}, shown "
        f"{STRETCH} times brighter."
    )


def errors(value: float) -> str:
    """A mean squared error a pixel, in ten-thousandths."""
    return f"{1e4 * value:.1f} × 10⁻⁴"
