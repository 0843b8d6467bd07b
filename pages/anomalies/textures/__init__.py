"""Not only digits: a texture that the visitor scratches or stains, and the place that a network of its patches marks.

The browser scores the patches that a stroke touches (textures.js); Python sends the picture, what is usual, and PCA.
"""

import base64

from torch import Tensor

from aecore.anomaly import texture as textures
from aecore.anomaly.texture import KINDS, SCORES
from aecore.anomaly.texture_table import NETWORK, PCA, Measured, load
from aecore.data.textures import TEXTURES, texture
from aecore.engine import Engine
from pages.anomalies.textures import measured
from ui.component import component
from ui.input.choice import choice
from ui.live import networks
from ui.output.picture import pixels

CHOICE = "anomalies_texture"  # in the URL
KEY = "anomalies_texture_view"
TITLES = {name: name.capitalize() for name in TEXTURES}
BRIGHT, DARK = 0.95, 0.05  # quantiles of the texture: the tones of a fault, as those that were measured

_BENCH = component("pages/anomalies/textures/textures")


def show(engine: Engine) -> None:
    """The texture under the pen, and what was measured of all three. Raises: DataError, CheckpointError."""
    table = load()
    name = choice(
        "Texture", TEXTURES, format_func=TITLES.get, default=TEXTURES[0], key=CHOICE, label_visibility="collapsed"
    )
    _BENCH(key=KEY, data=message(name, table), height="content")
    networks.deliver([f"texture-{name}"], part="textures")
    measured.show(engine, table)


def message(name: str, table: Measured) -> dict:
    """What the browser needs of a texture. Raises: CheckpointError."""
    x, axes = texture(name, "test").float() / 255, textures.axes(name)
    score = table.chosen(name)
    row = table.rows[name][NETWORK][score]
    return {
        "texture": name,
        "title": TITLES[name],
        "side": x.shape[-1],
        "picture": pixels(x),
        "tones": {"bright": float(x.quantile(BRIGHT)), "dark": float(x.quantile(DARK))},
        "network": networks.reference(f"texture-{name}")["sha256"],
        "pca": {"mean": _floats(axes.plane.mean), "axes": _floats(axes.plane.axes), "spread": _floats(axes.spread)},
        "ways": [_way(name, way, score, table) for way in (NETWORK, PCA) for score in SCORES],
        "first": key(NETWORK, score),
        "pen": max(range(len(KINDS)), key=lambda place: row.of_kind(KINDS[place])[0]),  # what is found best comes first
    }


def key(way: str, score: str) -> str:
    """Of a way to mark, in the browser and in a link."""
    return f"{way}_{score}"


def _way(name: str, way: str, score: str, table: Measured) -> dict:
    row = table.rows[name][way][score]
    return {
        "key": key(way, score),
        "score": score,
        "pca": way == PCA,
        "title": measured.WAYS[way, score],
        "measured": f"{row.auroc[0]:.0f}%",
        "middle": row.middle,
    }


def _floats(x: Tensor) -> str:
    return base64.b64encode(x.numpy().astype("<f4").tobytes()).decode()
