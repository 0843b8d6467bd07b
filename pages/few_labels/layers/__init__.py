"""The stack, layer by layer: what each reconstructs of the visitor's digit, in the browser."""

from math import prod

from torch import Tensor

from aecore.engine import Engine
from aecore.pretraining.table import STACK
from ui.component import component
from ui.input.digit import PAD
from ui.live import networks
from ui.output.picture import pixels

_LAYERS = component("pages/few_labels/layers/layers")


def show(engine: Engine, x: Tensor, seq: int) -> None:
    """The digit, of the pad's drawing `seq`, and its reconstructions. Raises: CheckpointError: the stack is missing."""
    config = engine.model(STACK).config
    sizes = [prod(config.image_shape), *config.hidden, config.latent_dim]
    data = {"pad": PAD, "x": pixels(x), "seq": seq, "network": networks.reference(STACK)["sha256"], "sizes": sizes}
    _LAYERS(key="few_layers_view", data=data, height="content")
