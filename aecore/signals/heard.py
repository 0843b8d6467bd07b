"""One trace, and what each way hears in it: for pages, the command line and notebooks."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aecore.data import signals
from aecore.engine import Engine, get_engine
from aecore.signals import methods, scores
from aecore.signals.draws import Settings, trace
from aecore.signals.table import BAND, MATCHED, NETWORK, RAIL, RAW, REVIEW, REVIEWS, UNET, WIENER

WEAK = 3.0  # dB; a pulse found with less has the right place and little of the shape


@dataclass(frozen=True)
class Answer:
    """recon: mV around 0, (1, 1, L), of RAIL the share of samples at the rail; place: sample; loud: mV."""

    recon: Tensor
    place: int
    loud: float


@dataclass(frozen=True)
class Heard:
    """settings: of the trace; s: the pulse in mV; x: what is received, around 0.5; answers: way -> Answer."""

    settings: Settings
    s: Tensor
    x: Tensor
    answers: dict[str, Answer]

    def off(self, way: str) -> int:
        """Samples between the pulse and where a way hears it."""
        return abs(self.answers[way].place - int(scores.place(self.s)))

    def gain(self, way: str) -> float:
        """Output SNR of a way, dB."""
        return float(scores.output_snr(self.s, self.answers[way].recon))

    def found(self, way: str) -> bool:
        """Whether a way hears the pulse where it is."""
        return self.off(way) < scores.NEAR


def listen(engine: Engine, settings: Settings) -> Heard:
    """All ways to one simulated trace. Raises: CheckpointError."""
    s, x = trace(settings)
    noise = methods.noise_power(settings.noise, settings.colour)
    peak = settings.snr * signals.RMS[settings.noise]
    vary = not settings.clipped
    strength, fitted = methods.matched(x, noise, vary)
    answers = {
        UNET: denoise(engine, NETWORK, x),
        REVIEW: denoise(engine, REVIEWS[settings.noise], x),
        MATCHED: Answer(fitted, int(strength.flatten().argmax()), float(strength.max())),
        WIENER: loudest(methods.through(x, methods.wiener(noise, methods.pulse_power(peak)))),
        BAND: loudest(methods.through(x, methods.band_pass())),
        RAW: loudest(methods.raw(x)),
    }
    if settings.clipped and settings.noise in signals.RAILS:
        answers[RAIL] = loudest(methods.at_rail(x, settings.noise))
    return Heard(settings, s, x, answers)


def denoise(engine: Engine, name: str, x: Tensor) -> Answer:
    """One network, on a trace around 0.5 of any loudness if its config has a level. Raises: CheckpointError."""
    model = engine.model(name)
    with torch.inference_mode():
        return loudest(scores.apply(model, x.to(engine.device)).cpu())


def denoise_signal(x: Tensor, name: str = NETWORK) -> Tensor:
    """Radio traces without their noise, in the unit in which they came: (N, 1, 500), any loudness -> like x, around 0.

    Args:    name: of the checkpoint; those of the review, "signals-uniform" and so on, take mV around 0.5.
    Raises:  CheckpointError: the network is missing or damaged. ValueError: another shape, or not finite.
    """
    if not isinstance(x, Tensor) or x.ndim != 3 or x.shape[1:] != (1, signals.LENGTH):
        shape = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(
            f"x must be a float tensor (N, 1, {signals.LENGTH}), not {shape}: cut the signal to that length"
        )
    engine = get_engine()
    model = engine.model(name)
    with torch.inference_mode():
        return scores.apply(model, x.float().to(engine.device)).cpu()


def loudest(recon: Tensor) -> Answer:
    """An answer whose pulse is where it is largest."""
    place = int(scores.place(recon))
    return Answer(recon, place, float(recon.flatten()[place].abs()))
