"""Which is real? Ten pairs, a test digit and one that a network drew; the visitor guesses, in the browser alone.

In a test without a browser there is nothing to answer: the pairs are `data["pairs"]`, see `pairs`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from aecore.data import load_digits
from aecore.engine import Engine
from pages.gans.digits import drawn
from ui.component import component
from ui.output.picture import pixels

PAIRS = 10
KEY, ROUND = "gans_quiz", "_gans_round"
ASKED = ("gan", "acgan", "wgan-gp", "wgan-div", "vae")  # whose digits are shown, two a round

_QUIZ = component("pages/gans/quiz/quiz")


@dataclass(frozen=True)
class Pairs:
    """x: (2 * PAIRS, 1, 28, 28), a left and a right one in turn; real: of each pair the place of the real one, 0 or 1;
    names: of the network that drew the other."""

    x: Tensor
    real: Sequence[int]
    names: Sequence[str]


def pairs(engine: Engine, names: Sequence[str], number: int) -> Pairs:
    """The pairs of a round, the same ones every time."""
    rng = torch.Generator().manual_seed(number)
    of = [names[i % len(names)] for i in torch.randperm(PAIRS, generator=rng).tolist()]
    images, _ = load_digits("test")
    real_x = images[torch.randint(len(images), (PAIRS,), generator=rng)].float() / 255
    real = torch.randint(2, (PAIRS,), generator=rng).tolist()
    fakes = {name: iter(drawn(engine, name, PAIRS, 1000 + number)[0]) for name in sorted(set(of))}
    both = []
    for x, place, name in zip(real_x, real, of, strict=True):
        fake = next(fakes[name])
        both += [x, fake] if place == 0 else [fake, x]
    return Pairs(torch.stack(both), real, of)


def show(engine: Engine, names: Sequence[str]) -> None:
    """Mount it. names: of the networks at hand."""
    number = st.session_state.get(ROUND, 0)
    these = pairs(engine, names, number)
    data = {
        "round": number,
        "pixels": pixels(these.x),
        "real": these.real,
        "names": [engine.card(name).title for name in these.names],
    }
    _QUIZ(key=KEY, data=data, height="content", on_next_change=_next)


def _next() -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
