"""How much of the noise is gone, and how well reconstruction errors tell odd beats from normal ones."""

import numpy as np
import torch
from torch import Tensor, nn

from aecore.anomaly.roc import auroc
from aecore.data import beats, quiet_strips
from aecore.data.beats import RANGE, Beats, to_unit
from aecore.data.heartbeats import TEST

# name -> largest value of the wander, RMS of the muscle noise, millivolts
NOISES = {"wander": (0.5, 0.0), "muscle": (0.0, 0.1), "both": (0.5, 0.1)}
ODD = ("V", "F", "S")
NUMBERS = 16  # of a code


def gain(x: np.ndarray, x_noisy: np.ndarray, recon: np.ndarray) -> float:
    """How much smaller a method makes the error, in dB: 20 log10(|x_noisy - x| / |recon - x|)."""
    return float(20 * np.log10(np.linalg.norm(x_noisy - x) / np.linalg.norm(recon - x)))


def noisy(record: int, noise: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A recording's minute in millivolts and the same under one of NOISES, float64 (L,) both."""
    x = quiet_strips.reference(record)
    rng = torch.Generator().manual_seed(1000 * seed + record)
    slow, fast = NOISES[noise]
    added = slow * quiet_strips.wander(1, len(x), rng) + fast * quiet_strips.muscle(1, len(x), rng)
    return x, x + added[0, 0].double().numpy()


def denoised(model: nn.Module, x_noisy: np.ndarray) -> np.ndarray:
    """A strip of any length in millivolts, (L,), through a denoiser, its ends continued by their mirror images."""
    step = 2 ** len(model.config.widths)
    length = len(x_noisy)
    padded = np.pad(x_noisy, (step, step + -length % step), mode="reflect")
    device = next(model.parameters()).device
    x = torch.from_numpy(padded).float()[None, None].to(device) / RANGE + 0.5
    with torch.inference_mode():
        recon = (model.raw(x) - 0.5) * RANGE
    return recon[0, 0, step : step + length].double().cpu().numpy()


def gains(method, noise: str) -> list[float]:
    """Of a method, x_noisy (L,) -> recon (L,), on each test recording, in dB."""
    return [gain(x, x_noisy, method(x_noisy)) for x, x_noisy in (noisy(record, noise) for record in TEST)]


def errors(model: nn.Module, x: Tensor) -> np.ndarray:
    """Mean squared error a sample, mV^2, of beats x (N, 1, L) in millivolts through an autoencoder: (N,)."""
    device = next(model.parameters()).device
    unit = to_unit(x).to(device)
    with torch.inference_mode():
        return ((model(unit) - unit) * RANGE).square().mean((1, 2)).double().cpu().numpy()


def principal(numbers: int = NUMBERS) -> tuple[Tensor, Tensor]:
    """PCA of the normal training beats: mean (L,) and axes (numbers, L), in millivolts."""
    x = beats.beats("train").of("N")[:, 0].double()
    mean = x.mean(0)
    axes = torch.linalg.svd(x - mean, full_matrices=False).Vh[:numbers]
    return mean.float(), axes.float()


def principal_errors(x: Tensor, numbers: int = NUMBERS) -> np.ndarray:
    """As `errors`, by PCA of as many numbers."""
    mean, axes = principal(numbers)
    centred = x[:, 0] - mean
    return (centred - centred @ axes.T @ axes).square().mean(1).double().numpy()


def aurocs(error: np.ndarray, test: Beats) -> dict[str, float]:
    """Percent by kind of ODD: how often such a beat has a larger error than a normal one."""
    return {kind: auroc(error[test.kind == "N"], error[test.kind == kind]) for kind in ODD}
