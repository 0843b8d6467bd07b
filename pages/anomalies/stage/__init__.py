"""The Anomalies page's stage: a digit, what is made of it, where they differ, its scores and a threshold.

While a hand draws, the browser runs the network of the chosen score by itself (stage.js); all scores come from here
once the pen lifts.
"""

import base64
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore.anomaly import normal as known
from aecore.anomaly import rank, scores, table
from aecore.anomaly.normal import DIGITS, ELBO, NEAREST, NORMALS, Normal
from aecore.data import strangers
from aecore.engine import Engine
from aecore.errors import DataError
from pages.anomalies.state import state
from ui import url
from ui.component import component
from ui.input.digit import Chosen, example_digit
from ui.live import networks
from ui.output.picture import pixels

KEY = "anomalies_stage_view"
NORMAL, SCORE, PASS, THING, SET = (f"anomalies_{what}" for what in ("normal", "score", "pass", "thing", "set"))
EXAMPLE = 9  # a test digit, a 9: beside what is normal at first it is odd in one place alone
FOUR = 56  # a test digit that stands on its head
FIRST = "4"  # what is normal at first
FIRST_PASS = 95.0  # percent of the normal digits that pass
LEAST_PASS = 50.0
THINGS = {"empty": "Empty page", "four": "Upside-down 4", "shoe": "A shoe"}
SETS = {  # strangers of all digits, of which the page has distributions
    "clothes": "Clothes",
    "letters": "Letters",
    "upside down": "Digits upside down",
    "half ink": "Digits at half ink",
    "two at once": "Two digits at once",
    "USPS": "USPS digits",
    "notMNIST": "notMNIST letters",
    "photographs": "Pieces of photographs",
    "static": "Static",
}

_STAGE = component("pages/anomalies/stage/stage")


@dataclass(frozen=True)
class Settings:
    """What the visitor's hand sets. normal: of NORMALS; score: one of its scores; passing: percent of the normal that
    the threshold lets pass; thing: of THINGS, or "" for the digit; strangers: of SETS, where all digits are normal."""

    normal: str = FIRST
    score: str = known.DAE
    passing: float = FIRST_PASS
    thing: str = ""
    strangers: str = "clothes"

    @property
    def pictures(self) -> str:
        """The set that the threshold is to tell from the normal."""
        return self.strangers if self.normal == DIGITS else rank.OTHERS

    @property
    def others(self) -> str:
        """Its name in the measured table."""
        return self.strangers if self.normal == DIGITS else f"not {self.normal}"


@dataclass(frozen=True)
class Marked:
    """A picture and its scores. x: (1, 1, 28, 28); recon: score -> the same; marks: score -> how odd; usual, odd: score
    -> quantiles over what is normal, and over what is not."""

    x: Tensor
    settings: Settings
    recon: dict[str, Tensor]
    marks: dict[str, float]
    usual: dict[str, np.ndarray]
    odd: dict[str, np.ndarray]

    @property
    def mark(self) -> float:
        """By the chosen score."""
        return self.marks[self.settings.score]

    @property
    def threshold(self) -> float:
        """Of the chosen score."""
        return rank.threshold(100 - self.settings.passing, self.usual[self.settings.score])

    def below(self, score: str) -> float:
        """How many percent of the normal score less."""
        return rank.share_below(self.marks[score], self.usual[score])


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the stage shows them."""
    if url.read(NORMAL, SCORE, PASS, THING, SET):
        state().fresh += 1


def settings_now() -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    normal, score, passing, thing, pictures = url.get(NORMAL, SCORE, PASS, THING, SET)
    return checked(normal, score, _number(passing), thing, pictures)


def checked(normal: object, score: object, passing: object, thing: object, pictures: object) -> Settings:
    """Settings from whoever says them: the default for each that makes no sense."""
    normal = normal if isinstance(normal, str) and normal in NORMALS else FIRST
    chosen = Normal(normal)
    score = score if isinstance(score, str) and score in chosen.scores else chosen.first
    fits = type(passing) in (int, float) and LEAST_PASS <= passing <= 100
    thing = thing if isinstance(thing, str) and thing in THINGS else ""
    pictures = pictures if isinstance(pictures, str) and pictures in SETS else "clothes"
    return Settings(normal, score, round(2 * passing) / 2 if fits else FIRST_PASS, thing, pictures)


def put(settings: Settings) -> None:
    """Keep settings, and show them in the URL; what is as at first needs no place there."""
    first = Settings(score=Normal(settings.normal).first)
    said = {NORMAL: "normal", SCORE: "score", PASS: "passing", THING: "thing", SET: "strangers"}
    values = {key: getattr(settings, field) for key, field in said.items()}
    url.put({key: None if value == getattr(first, said[key]) else f"{value}" for key, value in values.items()})


def set_by_page(settings: Settings) -> None:
    """Set the stage, in a callback."""
    put(settings)
    state().fresh += 1


@functools.cache
def thing(name: str) -> Tensor:
    """One of THINGS, (1, 1, 28, 28). Raises: DataError."""
    if name == "four":
        return example_digit(FOUR).flip(2, 3)
    return strangers.shoe() if name == "shoe" else torch.zeros(1, 1, 28, 28)


def mark(engine: Engine, x: Tensor, settings: Settings) -> Marked:
    """Score a picture by everything there is. Raises: CheckpointError, DataError."""
    chosen = Normal(settings.normal)
    recon = known.redraw(engine, chosen, x)
    marks = {key: float(values[0]) for key, values in known.measure(engine, chosen, x, recon).items()}
    recon[NEAREST] = known.neighbour(chosen, x)
    usual, odd = rank.distributions(chosen), rank.distributions(chosen, settings.pictures)
    return Marked(x, settings, recon, marks, usual, odd)


def network_of(settings: Settings) -> str:
    """The checkpoint that the chosen score needs, else that of the first score."""
    chosen = Normal(settings.normal)
    users = {known.INK: known.VAE, known.BOTH: chosen.first, ELBO: known.VAE}
    return chosen.networks.get(users.get(settings.score, settings.score), "")


def networks_of(settings: Settings) -> list[str]:
    """What the browser needs now."""
    chosen = Normal(settings.normal)
    return [network_of(settings) or chosen.networks[chosen.first]]


def without_thing(settings: Settings) -> Settings:
    """The digit is on the stage again."""
    return replace(settings, thing="")


def show(engine: Engine, marked: Marked, digit: Chosen, on_settings: Callable[[], None]) -> None:
    """The pictures, the scores, the threshold.

    Args: on_settings: called once the hand has set something.
    """

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("settings")
        if isinstance(said, dict):
            names = ("normal", "score", "passing", "thing", "strangers")
            put(checked(*(said.get(name) for name in names)))
            on_settings()

    settings, chosen = marked.settings, Normal(marked.settings.normal)
    name = network_of(settings)
    live = bool(networks.runnable([name])) if name else False
    try:
        areas = table.load().strangers.get(settings.others, {})
    except DataError:
        areas = {}
    data = {
        "x": pixels(marked.x),
        "recon": {key: pixels(recon.clamp(0, 1)) for key, recon in marked.recon.items()},
        "marks": marked.marks,  # not rounded: a doubt may be 1e-7
        "usual": {key: _packed(values) for key, values in marked.usual.items()},
        "odd": {key: _packed(values) for key, values in marked.odd.items()},
        "areas": areas,
        "scores": {key: known.NAMES[key] for key in chosen.scores},
        "reads": reads(engine, marked),
        "normals": {key: "digits" if key == DIGITS else f"{key}s" for key in NORMALS},
        "things": THINGS,
        "sets": SETS if settings.normal == DIGITS else {},
        "settings": {
            "normal": settings.normal, "score": settings.score, "passing": settings.passing, "thing": settings.thing,
            "strangers": settings.strangers,
        },
        "least": LEAST_PASS,
        "network": networks.reference(name)["sha256"] if live else "",
        "extra": _extra(engine, chosen, settings) if live else {},
        "fresh": state().fresh,
        "pad": digit.pad if digit.seq is not None else "",
        "seq": digit.seq or 0,
    }  # fmt: skip
    _STAGE(key=KEY, data=data, height="content", on_settings_change=set_by_hand)


def reads(engine: Engine, marked: Marked) -> str:
    """What the judge says of the picture."""
    p = engine.classify(marked.x)[0]
    return f"The judge reads a {int(p.argmax())}, {100 * float(p.max()):.0f}% sure."


def _extra(engine: Engine, chosen: Normal, settings: Settings) -> dict:
    """What the browser needs beside the network to score as `aecore.anomaly` does."""
    model = engine.model(network_of(settings))
    if settings.score == known.BOTH:
        return {"usual": [float(value) for value in model.usual]}
    label = {} if chosen.digit is None else {"y": chosen.digit}
    if settings.score == ELBO:
        noise = scores.draws(model.config.latent_dim).numpy().astype("<f4")
        return label | {"noise": base64.b64encode(noise.tobytes()).decode()}
    return label if settings.score in (known.VAE, known.INK) else {}


def _packed(quantiles: np.ndarray) -> str:
    """Quantiles for the browser, in half precision, as they are stored: of a doubt, most lie near 0."""
    return base64.b64encode(quantiles.astype("<f2").tobytes()).decode()


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text and text.isascii() and len(text) < 6 else None
    except ValueError:
        return None
