"""A hundred labels by the visitor, and two classifiers that learn from them in the browser.

Python sends digits once; all else happens in labelling.js.
"""

import base64
import functools
import zlib

import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.pretraining.labels import subset
from pages.few_labels.curves import kind_of
from ui.component import component
from ui.input.digit import PAD, all_test_digits
from ui.live import networks
from ui.theme import kind_color

CODE = "hashing"  # the network whose code the visitor's labels are put on
COUNT, TESTED = 90, 500  # test digits to label, and others to try on
DECAY = {"code": 0.1, "pixels": 0.1}  # of the weights' squares, good for 100 labels in benchmarks/few_labels.py
_LABELLING = component("pages/few_labels/labelling/labelling")


def show(engine: Engine) -> None:
    """The digits to label, and what is learnt from them. Raises: CheckpointError: the network is missing."""
    reference = networks.reference(CODE)
    digits, y = shown_digits()
    data = {
        "pad": PAD,
        "digits": digits,
        "y": list(y),
        "count": COUNT,
        "network": reference["sha256"],
        "title": reference["title"],
        "color": kind_color(kind_of(engine, CODE)),
        "decay": DECAY,
    }
    _LABELLING(key="few_labelling_view", data=data, height="content")


def shown_digits() -> tuple[str, tuple[int, ...]]:
    """Test digits, as many of every class: those to label, mixed, and those to try on; packed, and their classes."""
    return _packed(*all_test_digits())


@functools.lru_cache(maxsize=1)  # of the tensors that all visitors share
def _packed(images: Tensor, y: Tensor) -> tuple[str, tuple[int, ...]]:
    places = subset(y, COUNT + TESTED, seed=0)
    first = places[:COUNT][torch.randperm(COUNT, generator=torch.Generator().manual_seed(0))]
    places = torch.cat([first, places[COUNT:]])
    packed = zlib.compress(images[places].numpy().tobytes(), 9)
    return base64.b64encode(packed).decode(), tuple(y[places].tolist())
