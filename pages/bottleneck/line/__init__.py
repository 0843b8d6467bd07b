"""A hundred digits in one number: the line of codes, and a slider along it that decodes in the browser (line.js)."""

import functools

import streamlit as st
from torch import Tensor

from aecore.data import load_digits
from aecore.engine import Engine
from aecore.latent.capacity import MEMORISER
from aecore.latent.linear import digits_axes
from aecore.recipes import MEMORISED
from ui.component import component, version
from ui.live import networks
from ui.output.picture import pixels
from ui.output.verdict import a_digit
from ui.theme import kind_color

_LINE = component("pages/bottleneck/line/line")


def show(engine: Engine) -> None:
    """What was learnt by heart, and the line."""
    metrics = engine.card(MEMORISER).metrics
    train, test = (metrics[name].value for name in ("mse_train", "mse"))
    st.markdown(
        f"A narrow code alone does not keep a network honest. This one has a single number, and is deep enough to give "
        f"each of its {MEMORISED} training digits a place of its own on a line. Squared error a pixel: **{train:.4f}** "
        f"on those {MEMORISED}, **{test:.4f}** on the 10,000 test digits, {test / train:,.0f} times as much; "
        f"a grey blur, the mean digit, has {mean_error():.4f}."
    )
    x, y, z, recon = by_heart(engine)
    data = {
        "network": networks.reference(MEMORISER) if networks.runnable([MEMORISER]) else None,
        "codes": [round(value, 5) for value in z.tolist()],
        "names": [a_digit(int(label)) for label in y],
        "learnt": pixels(x),
        "recon": pixels(recon),
        "color": kind_color("ae"),
    }
    data["version"] = version(data)
    _LINE(key="bottleneck_line_view", data=data, height="content")


def by_heart(engine: Engine) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The learnt digits in the order of their codes: x (N, 1, 28, 28), y (N,), z (N,), and what comes back, as x."""
    x, y = learnt_digits()
    z = engine.encode(MEMORISER, x)  # (N, 1)
    order = z[:, 0].argsort()
    return x[order], y[order], z[order, 0], engine.decode(MEMORISER, z[order])


@functools.cache
def learnt_digits() -> tuple[Tensor, Tensor]:
    """Those that the network was trained on, x (N, 1, 28, 28) and y (N,): a few of 60,000, which take long to read."""
    images, y = (part[:MEMORISED].clone() for part in load_digits("train"))
    return images.float() / 255, y


@functools.cache
def mean_error() -> float:
    """Squared error a pixel of the test digits where the mean training digit stands for all."""
    x = load_digits("test")[0].flatten(1).float() / 255
    return float((x - digits_axes().mean).square().mean())
