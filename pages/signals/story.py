"""The Signals page's thread of prose, with the numbers of the trace on its stage."""

from aecore.signals.heard import WEAK, Heard
from aecore.signals.table import MATCHED, RAIL, RAW, UNET


def heard(result: Heard) -> str:
    """Who finds the pulse, and what it takes."""
    settings = result.settings
    if settings.silent:
        loud = result.answers[UNET].loud
        return (
            "There is no pulse in this trace. Naming the loudest place regardless is a "
            f"[[false alarm]]. The network's answer peaks at {loud:.2f} mV."
        )
    if RAIL in result.answers:
        return (
            f"The receiver clips here. Samples stuck at the rail occur where a pulse pushes them there, so counting "
            f"them {'finds' if result.found(RAIL) else 'may find'} it, with no notion of a pulse. "
            f"The largest sample is {off(result.off(RAW))}."
        )
    network = result.gain(UNET) if result.found(UNET) else None
    text = f"The pulse is {settings.snr:.1f} times the noise ([[SNR]]); the eye finds it from about 4 on. "
    if network is None:
        text += f"The network misses it by {result.off(UNET)} samples"
        return text + (
            ", and so does the [[matched filter]]."
            if not result.found(MATCHED)
            else "; the [[matched filter]] does not."
        )
    shape = "and draws its shape" if network >= WEAK else "with a poor shape"
    text += f"The network finds it {shape}: [[output SNR]] {network:.1f} dB, where silence scores 0. "
    if result.found(MATCHED):
        return (
            text + f"The [[matched filter]], told the noise and the pulse's shape, has {result.gain(MATCHED):.1f} dB."
        )
    return text + f"The [[matched filter]] is {off(result.off(MATCHED))}."


def off(samples: int) -> str:
    """As "in the right place", "140 samples off"."""
    return "in the right place" if samples < 10 else f"{samples} samples off"
