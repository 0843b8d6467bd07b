"""What a training follows: its learning rate over time, and the precision of its device."""

import math
from pathlib import Path

import torch


def rate(progress: float, schedule: str) -> float:
    """Learning rate as a share of its peak, at progress in [0, 1].

    "constant" is 1; "one-cycle" warms up over the first tenth and falls to zero on a half cosine; "gentle" also warms
    up on a half cosine, over the first 30%, as torch's OneCycleLR does: then no ReLU unit of a short code dies.
    Source: Smith & Topin 2018, arXiv:1708.07120; Loshchilov & Hutter 2017, arXiv:1608.03983.
    Raises: ValueError: an unknown schedule.
    """
    if schedule == "constant":
        return 1.0
    if schedule not in ("one-cycle", "gentle"):
        raise ValueError(f"schedule must be 'one-cycle', 'gentle' or 'constant', not {schedule!r}")
    warm_up = 0.1 if schedule == "one-cycle" else 0.3
    if progress < warm_up:
        risen = progress / warm_up
        return 0.04 + 0.96 * (risen if schedule == "one-cycle" else 0.5 * (1 - math.cos(math.pi * risen)))
    return 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


def has_fast_bfloat16(device: torch.device) -> bool:
    """True where 16-bit arithmetic is in the hardware: today's CUDA cards, and CPUs with AVX-512 BF16 or AMX."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    try:  # Linux tells; elsewhere 32 bits are never wrong
        return device.type == "cpu" and "avx512_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
