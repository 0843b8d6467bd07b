"""The stage of Regularise: four wide networks live, the code and the kernels of one, and one unit in full."""

import base64
import functools
from collections.abc import Callable

import torch
from torch import Tensor

from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.features import measures, table
from aecore.models import build
from ui.component import component
from ui.input.digit import PAD, all_test_digits
from ui.live import networks
from ui.output.picture import pixels
from ui.server import ask
from ui.theme import kind_color, seen

NAMES = ("wide", "wide-noise", "wide-sparse", "wide-contractive")
WAYS = {
    "wide": ("No rule", "tied weights alone, the control"),
    "wide-noise": ("Noise", "half the pixels removed"),
    "wide-sparse": ("Few units", "each active unit is penalised"),
    "wide-contractive": ("Small slope", "change is penalised"),
}
_WALL = component("pages/regularise/wall/wall")


def show(x: Tensor, names: list[str], chosen: dict, on_chosen: Callable[[], None]) -> None:
    """Draw the stage.

    Args: x: the visitor's digit; names: those of NAMES that are at hand; chosen: network, unit (None: the strongest),
          all, and a stamp that grows when Python sets them; on_chosen: called when the hand has.
    """
    engine = get_engine()
    shown = []
    for name in names:
        (title, way), kind = WAYS[name], engine.card(name).kind
        words = {"title": title, "way": way}
        shown.append(networks.reference(name) | words | {"color": kind_color(kind), "bar": _on_paper(kind)})
    data = {"pad": PAD, "x": pixels(x), "networks": shown, "chosen": chosen, "answers": ask.offer("wall", history)}
    _WALL(key="regularise_wall", data=data, on_chosen_change=on_chosen)


def history(question: object) -> dict:
    """A unit's kernel before and during training, and the test digits that excite it most; for the browser.

    Args:   question: {"network": one of NAMES, "unit": its number}.
    Raises: ValueError: there is no such unit.
    """
    name, unit = (question.get("network"), question.get("unit")) if isinstance(question, dict) else (None, None)
    if name not in NAMES or not isinstance(unit, int) or not 0 <= unit < len(first_kernels(name)):
        raise ValueError("no such unit")
    kernels = [{"about": "untrained", "values": signed(first_kernels(name)[unit])}]
    try:
        stored = table.load_kernels()
    except DataError:
        stored = {}
    for key, values in sorted(stored.items()):
        network, _, epoch = key.partition("@")
        if network == name and epoch and unit < len(values):
            kernels.append({"about": f"{epoch} epoch{'s' * (epoch != '1')}", "values": _text(values[unit])})
    images, y = all_test_digits()
    places = stored[f"{name}^"][unit].long() if f"{name}^" in stored else torch.empty(0, dtype=torch.long)
    return {"kernels": kernels, "digits": pixels(images[places].float() / 255), "labels": y[places].tolist()}


@functools.lru_cache(maxsize=len(NAMES))
def first_kernels(name: str) -> Tensor:
    """A network's kernels before training, which its seed fixes: (D, pixels)."""
    card = get_engine().card(name)
    return measures.kernels_of(build(card.family, card.config, card.recipe.get("seed", 0)))


def _on_paper(kind: str) -> str:
    """A kind's colour for what is dark in both themes."""
    with seen("dark"):
        return kind_color(kind)


def signed(kernel: Tensor) -> str:
    """A kernel as bytes around 127.5 in base64, scaled to its largest weight."""
    return _text((127.5 * (1 + kernel / kernel.abs().max().clamp(min=1e-12))).round().clamp(0, 255).byte())


def _text(values: Tensor) -> str:
    return base64.b64encode(values.numpy().tobytes()).decode()
