"""Crops of the lab's photographs in which something can be recognised, for a masked autoencoder of 64 x 64 pixels."""

import functools
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aecore.data.photos import PATCH, TEST, TRAIN


@dataclass(frozen=True)
class Crop:
    """photo: a key of aecore.data.photos; label: for people; shrink: the photograph's sides are divided by it, more
    than in training (1 to 2), so that the crop shows something; left, top: of the crop, as shares of the photograph."""

    photo: str
    label: str
    shrink: float
    left: float
    top: float

    @property
    def new(self) -> bool:
        """Whether no network has learned from the photograph."""
        return self.photo in TEST


CROPS = (
    Crop("chelsea", "Cat", 3.0, 0.33, 0.30),
    Crop("coffee", "Coffee", 3.0, 0.28, 0.02),
    Crop("camera", "Cameraman", 4.0, 0.19, 0.08),
    Crop("astronaut", "Astronaut", 3.0, 0.25, 0.01),
    Crop("china", "Temple", 4.0, 0.12, 0.04),
    Crop("flower", "Flower", 4.0, 0.28, 0.21),
)


@functools.cache
def pixels(crop: Crop) -> Tensor:
    """The crop as (1, 3, PATCH, PATCH) in [0, 1]; grey photographs have three equal channels."""
    source = TEST[crop.photo] if crop.new else TRAIN[crop.photo][0]
    image = Image.fromarray(source()).convert("RGB")
    image = image.resize([round(side / crop.shrink) for side in image.size], Image.Resampling.LANCZOS)
    corners = [round(share * side) for share, side in zip((crop.left, crop.top), image.size, strict=True)]
    left, top = (max(0, min(corner, side - PATCH)) for corner, side in zip(corners, image.size, strict=True))
    cut = np.asarray(image.crop((left, top, left + PATCH, top + PATCH)))
    return torch.from_numpy(cut.copy()).permute(2, 0, 1)[None].float() / 255
