"""The Photos page's bets, and its sources."""

from functools import partial

import numpy as np

from aecore import metrics
from aecore.engine import Engine
from aecore.pictures.denoise import preview_box, to_tensor
from pages.photos import controls
from pages.photos.controls import CROP, NETWORK, Subject, named
from pages.photos.mode import MODE, MODES
from pages.photos.results import numbers, restored, result_name
from pages.photos.state import State, state
from ui import serving, url
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet

WOOD = (510, 330)  # px: grain beside the cup
SMOOTH = "total_variation"
SAME = 0.3  # dB; a smaller difference is none
SOURCES = (
    "Sources: [Zhang et al. 2017](https://arxiv.org/abs/1608.03981) (DnCNN: learn the noise, not the picture); "
    "[Zhang et al. 2018](https://arxiv.org/abs/1710.04026) (FFDNet: work at half size); "
    "[Buades, Coll & Morel 2005](https://doi.org/10.1109/CVPR.2005.38) (non-local means); "
    "[Rudin, Osher & Fatemi 1992](https://doi.org/10.1016/0167-2789(92)90242-F) (total variation); pictures from "
    "[scikit-image](https://scikit-image.org) and [scikit-learn](https://scikit-learn.org)."
)


def helps(engine: Engine, subject: Subject) -> Answer | None:
    """Whether the network makes a picture with hardly any noise better."""
    after = _psnr(engine, subject, NETWORK)
    if after is None:
        return None
    before = numbers(subject.name, subject.truth, subject.photo.pixels)[0]
    return Answer(int(after <= before), f"It comes in at {before:.1f} dB and goes out at {after:.1f}.")


def grain(engine: Engine, subject: Subject) -> Answer | None:
    """Who comes nearer to the wood, in the detail: the network or the smoothest filter."""
    both = [_detail(engine, subject, name) for name in (NETWORK, SMOOTH)]
    if None in both:
        return None
    network, smooth = both
    option = 2 if abs(network - smooth) < SAME else int(smooth > network)
    return Answer(option, f"In this detail the network reaches {network:.1f} dB, total variation {smooth:.1f}.")


def lead(engine: Engine, subject: Subject, names: list[str]) -> Answer | None:
    """How far the network leads the best filter."""
    scores = {name: _psnr(engine, subject, name) for name in names}
    if NETWORK not in scores or None in scores.values():
        return None
    rival = max((name for name in scores if name != NETWORK), key=scores.get)
    gap = scores[NETWORK] - scores[rival]
    sentence = f"The network has {scores[NETWORK]:.1f} dB, {named(rival)} {scores[rival]:.1f}."
    return Answer(0 if gap < 1 else 1 if gap < 3 else 2, sentence)


def _psnr(engine: Engine, subject: Subject, method: str) -> float | None:
    recon = _whole(engine, subject, method)
    return None if recon is None else numbers(result_name(engine, subject, method), subject.truth, recon)[0]


def _detail(engine: Engine, subject: Subject, method: str) -> float | None:
    recon = _whole(engine, subject, method)
    if recon is None:
        return None
    width, height = subject.photo.size
    left, top, right, bottom = preview_box(height, width, CROP, (WOOD[0] / width, WOOD[1] / height))
    parts = [to_tensor(pixels[top:bottom, left:right]) for pixels in (subject.truth, recon)]
    return float(metrics.psnr(*parts))


def _whole(engine: Engine, subject: Subject, method: str) -> np.ndarray | None:
    return None if subject.truth is None else restored(engine, subject, method)


def _decided(by, with_names: bool = False):
    def answer(now: State) -> Answer | None:
        if now.subject is None:
            return None
        return by(serving.engine(), now.subject, now.names) if with_names else by(serving.engine(), now.subject)

    return answer


def _begin(picture: str, sigma: int, method: str, spot: tuple[int, int] | None = None) -> None:
    url.put({controls.SPOT: None if spot is None else f"{spot[0]},{spot[1]}"})
    set_controls(
        {
            MODE: MODES[0], controls.SOURCE: "example", controls.PICTURE: picture, controls.SIGMA: sigma,
            controls.METHOD: method,
        }
    )  # fmt: skip


BETS = (
    Bet(
        "Almost no noise on the cat, σ = 2. Does the network still help?",
        ("Yes, a little", "No, it does harm"),
        partial(_begin, "chelsea", 2, NETWORK),
        _decided(helps),
        "photos_slider",
    ),
    Bet(
        "Noise on wood, σ = 30. Who comes nearer to the true grain?",
        ("The network", "Total variation", "Neither"),
        partial(_begin, "coffee", 30, SMOOTH, WOOD),
        _decided(grain),
        "photos_crops",
    ),
    Bet(
        "Heavy noise, σ = 50. By how much does the network beat the best filter?",
        ("Less than 1 dB", "1 to 3 dB", "More than 3 dB"),
        partial(_begin, "camera", 50, NETWORK),
        _decided(lead, with_names=True),
        "photos_crops",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("photos", BETS, state, SOURCES)
