"""Checkerboards: how often a transposed convolution covers each pixel, and a picture's energy at period 2."""

import torch
from torch import Tensor


def side_after(side: int, kernel: int, stride: int, padding: int) -> int:
    """Pixels a side after a transposed convolution: (side - 1) stride - 2 padding + kernel.

    Source: Dumoulin & Visin 2016, arXiv:1603.07285, relationship 13; torch.nn.ConvTranspose2d without output padding.
    Raises: ValueError: nothing is left.
    """
    after = (side - 1) * stride - 2 * padding + kernel
    if after < 1:
        raise ValueError(f"{side} pixels with kernel {kernel}, stride {stride} and padding {padding} leave none")
    return after


def overlap(side: int, kernel: int, stride: int, padding: int) -> Tensor:
    """How many inputs reach each output of a transposed convolution: int64 (side', side').

    Even inside where the stride divides the kernel, else uneven: the checkerboard of Odena et al. 2016,
    distill.pub/2016/deconv-checkerboard.
    """
    counts = torch.zeros((side - 1) * stride + kernel, dtype=torch.int64)
    for begin in range(0, side * stride, stride):
        counts[begin : begin + kernel] += 1
    counts = counts[padding : padding + side_after(side, kernel, stride, padding)]
    return counts[:, None] * counts


def period_two(x: Tensor) -> Tensor:
    """Share of each picture's energy, its mean aside, at period 2: what changes sign with every row or column.

    In its two-dimensional Fourier transform X these are the frequencies u = H/2 or v = W/2, where u and v count whole
    waves over the picture: sum of |X|^2 there, by the sum of |X|^2 everywhere but at (0, 0). By Parseval's theorem the
    sums along the two lines need no transform: they are of the alternating sums of rows and columns.

    Args:    x: (N, C, H, W), H and W even.
    Returns: (N,) in [0, 1]; 0 where a picture is flat.
    Raises:  ValueError: an odd side.
    """
    height, width = x.shape[-2:]
    if height % 2 or width % 2:
        raise ValueError(f"a picture of {height} x {width} has no period 2: both sides must be even")
    x = x.double()
    down = 1 - 2 * (torch.arange(height, device=x.device, dtype=x.dtype) % 2)  # 1, -1, 1, ...
    across = 1 - 2 * (torch.arange(width, device=x.device, dtype=x.dtype) % 2)
    rows = (x * down[:, None]).sum(-2)  # (N, C, W), the line u = H/2 before its transform
    columns = (x * across).sum(-1)  # (N, C, H), the line v = W/2
    both = (rows * across).sum(-1).square()  # the corner that lies on the two lines
    alternating = width * rows.square().sum(-1) + height * columns.square().sum(-1) - both
    total = height * width * (x - x.mean((-2, -1), keepdim=True)).square().sum((-2, -1))
    return torch.where(total > 0, alternating / total.clamp_min(1e-30), 0.0).mean(1)
