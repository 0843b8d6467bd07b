"""The straight rival: principal axes of the normal pictures, and how far a picture lies from the plane they span."""

from dataclasses import dataclass

import torch
from torch import Tensor

AXES = 32


@dataclass(frozen=True)
class Plane:
    """mean: (D,); axes: (K, D), orthonormal, the one with most variance first."""

    mean: Tensor
    axes: Tensor

    def project(self, x: Tensor) -> Tensor:
        """The nearest picture in the plane: (N, ...) -> the same shape; beyond [0, 1] where that is nearest."""
        offset = x.flatten(1) - self.mean  # (N, D)
        return (self.mean + offset @ self.axes.T @ self.axes).reshape(x.shape)


def fit(x: Tensor, axes: int = AXES) -> Plane:
    """PCA by the covariance's eigenvectors; x: (N, ...), more pictures than axes."""
    flat = x.flatten(1)
    mean = flat.mean(0)
    centred = flat - mean
    covariance = (centred.T @ centred / len(flat)).double()  # pixels without ink leave it singular: floats do not do
    _, vectors = torch.linalg.eigh(covariance)  # in rising order
    return Plane(mean, vectors[:, -axes:].flip(1).T.float().contiguous())
