"""What takes noise off heartbeats without learning: a high-pass, a band-pass, wavelets. Each sees the whole strip.

All are free of delay: filters run forwards and backwards. What they leave open (cut-offs, thresholds) was chosen on the
training strips, by `benchmarks/heartbeats.py --tune`.
"""

import numpy as np

from aecore.data.beats import RATE

ORDER = 2  # of the Butterworth filters, twice since they run both ways
SLOW = 0.67  # Hz: what is slower is wander
FAST = 30.0  # Hz: what is faster is muscle
WAVELET, DEPTH, SHARE = "sym4", 7, 0.2  # levels; of the universal threshold


def high_pass(x_noisy: np.ndarray, slow: float = SLOW) -> np.ndarray:
    """Without what is slower than `slow` Hz (monitors cut there). x_noisy: (L,), millivolts."""
    return _butterworth(x_noisy, slow, "highpass")


def band_pass(x_noisy: np.ndarray, slow: float = SLOW, fast: float = FAST) -> np.ndarray:
    """Between `slow` and `fast` Hz."""
    return _butterworth(x_noisy, (slow, fast), "bandpass")


def wavelet(x_noisy: np.ndarray, share: float = SHARE, depth: int = DEPTH, slow: bool = True) -> np.ndarray:
    """Wavelet coefficients shrunk by a share of the universal threshold; the coarsest level is the wander.

    Args:   share: of sigma sqrt(2 log L), sigma by the median of the finest level; depth: levels; the last one ends at
            RATE / 2^(depth + 1) Hz; slow: take the wander off, too.
    Source: Donoho & Johnstone 1994, doi:10.1093/biomet/81.3.425.
    """
    import pywt  # late: only this method wants it

    coarse, *fine = pywt.wavedec(x_noisy, WAVELET, mode="symmetric", level=depth)
    sigma = np.median(np.abs(fine[-1])) / 0.6745
    threshold = share * sigma * np.sqrt(2 * np.log(len(x_noisy)))
    shrunk = [pywt.threshold(band, threshold, "soft") for band in fine]
    return pywt.waverec([0 * coarse if slow else coarse, *shrunk], WAVELET, mode="symmetric")[: len(x_noisy)]


def _butterworth(x: np.ndarray, at: float | tuple[float, float], kind: str) -> np.ndarray:
    from scipy.signal import butter, sosfiltfilt  # late: only filters want it

    return sosfiltfilt(butter(ORDER, at, kind, fs=RATE, output="sos"), x)


METHODS = {"high-pass": high_pass, "band-pass": band_pass, "wavelet": wavelet}
