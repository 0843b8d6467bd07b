"""What is written on the Generate page, and in which style: kept in the session and in the URL, shown by a component
that decodes it in the browser every frame (pages/generate/writer/writer.js)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import isfinite

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.latent.styles import HELD, STYLES, directions
from pages.generate.state import EQUATIONS, STAGE, state
from ui import url
from ui.component import component, version
from ui.live.networks import reference, runnable
from ui.output.picture import pixels

MODELS = {"cvae-2": "Style plane", "cvae": "Style sliders"}  # two numbers: a plane; more: named directions
FIRST = "2026"
MOST = 12  # digits of a number
SEED = 144  # of the first style
FAR = 6.0  # codes and amounts beyond this come from no visitor's hand
OWN = ("generate_number", "generate_z", *(f"generate_{name}" for name in STYLES))  # in the URL, by no widget
DIGITS = {"slant": 0, "width": 2, "thickness": 1}  # decimals that mean something, in the units of STYLES

_WRITER = component("pages/generate/writer/writer")


@dataclass(frozen=True)
class Writing:
    """A number in one style.

    model: a key of MODELS; number: digits; base: its own code before the styles (a place that the visitor chose, or
    None for the one that seed and temperature give); amounts: style -> standard deviations.
    """

    model: str
    number: str = FIRST
    base: tuple[float, ...] | None = None
    amounts: dict[str, float] = field(default_factory=dict)
    temperature: float = 1.0
    seed: int = SEED

    def start(self, latent_dim: int) -> Tensor:
        """The code before the styles, (latent_dim,)."""
        if self.base is not None and len(self.base) == latent_dim:
            return torch.tensor(self.base)
        return self.temperature * torch.randn(latent_dim, generator=torch.Generator().manual_seed(self.seed))

    def z(self, engine: Engine) -> Tensor:
        """The code that is decoded, (latent_dim,)."""
        start = self.start(engine.card(self.model).config["latent_dim"])
        return start + directions(engine, self.model).step(self.amounts) if any(self.amounts.values()) else start


def recall() -> None:
    """On the page itself: what is written comes from the URL, or returns to it, and the desk shows it."""
    if url.read(*OWN):
        state().fresh += 1


def now(model: str, temperature: float, seed: int) -> Writing:
    """What the visitor, or the link that they followed, asks for; whatever makes no sense is left out."""
    asked = dict(zip(OWN, url.get(*OWN), strict=True))
    number = FIRST if asked["generate_number"] is None else asked["generate_number"]
    number = "".join(character for character in number if character in "0123456789")[:MOST]
    base = _numbers(asked["generate_z"] or "")
    amounts = {name: (_numbers(asked[f"generate_{name}"] or "") or (0.0,))[0] for name in STYLES}
    return Writing(model, number, base or None, amounts, temperature, seed)


def keep(writing: Writing, fresh: bool = True) -> None:
    """Put number, base and amounts into the URL; `fresh`: the browser is to take them over."""
    values = {f"generate_{name}": f"{amount:g}" if amount else "" for name, amount in writing.amounts.items()}
    values["generate_z"] = ",".join(f"{value:.3g}" for value in writing.base) if writing.base is not None else ""
    number = None if writing.number == FIRST else writing.number  # an empty one is one, too
    url.put({key: value or None for key, value in values.items()} | {"generate_number": number})
    if fresh:
        state().fresh += 1


def forget_style() -> None:
    """Back to the style that seed and temperature give; the number stays."""
    url.put(dict.fromkeys(OWN[1:]))


def show(engine: Engine, writing: Writing, key: str, on_settled: Callable[[], None]) -> None:
    """Draw the writing desk. Once the hand rests, what the visitor did there is kept, and `on_settled` called."""
    card = engine.card(writing.model)
    axes = directions(engine, writing.model)
    z = writing.z(engine)
    digits = sorted({int(picture) for picture in writing.number})
    x = engine.decode(writing.model, z.repeat(len(digits), 1), torch.tensor(digits)) if digits else []
    styles = [
        {
            "name": name, "label": style.label, "unit": style.unit, "less": style.less, "more": style.more,
            "vector": vector.tolist(), "sd": float(sd), "digits": DIGITS[name],
            "r2": float(r2), "held": float(r2) >= HELD,
        }
        for (name, style), vector, sd, r2 in zip(STYLES.items(), axes.vectors, axes.sd, axes.r2, strict=True)
    ]  # fmt: skip
    plane = len(z) == 2  # it shows places, and has no sliders that could be set
    asked = [writing.model, writing.temperature, writing.seed, state().fresh, card.sha256]
    data = {
        "network": reference(writing.model),
        "judge": reference("judge") if runnable(["judge"]) else None,
        "number": writing.number,
        "z": (z if plane else writing.start(len(z))).tolist(),
        "amounts": {name: 0.0 if plane else writing.amounts.get(name, 0.0) for name in STYLES},
        "styles": styles,
        "pictures": {digit: pixels(picture) for digit, picture in zip(digits, x, strict=True)},
        "reveal": state().fresh,
        "version": version(asked),
    }

    def hear() -> None:
        heard = chosen(st.session_state[key].get("chosen"), writing, data["version"])
        if heard is not None:
            keep(heard, fresh=False)
            on_settled()

    _WRITER(key=key, data=data, height="content", on_chosen_change=hear)


def chosen(message: object, writing: Writing, version: str) -> Writing | None:
    """What the browser says, if it makes sense and is about what Python showed last; else None.

    Args: message: from the browser, so anything; writing, version: what it was shown.
    """
    if not isinstance(message, dict) or message.get("version") != version:
        return None
    number, z, amounts = (message.get(name) for name in ("number", "z", "amounts"))
    if not (isinstance(number, str) and isinstance(z, list) and isinstance(amounts, dict)):
        return None
    values = [*z, *amounts.values()]
    if not all(isinstance(value, int | float) and abs(value) <= FAR for value in values):  # which NaN is not, either
        return None
    number = "".join(value for value in number if value in "0123456789")[:MOST]
    start = writing.start(len(z)).tolist()
    own = any(abs(a - b) > 1e-3 for a, b in zip(z, start, strict=True))  # the visitor moved it
    base = tuple(float(value) for value in z) if own else writing.base
    return replace(writing, number=number, base=base, amounts={name: float(amounts.get(name, 0)) for name in STYLES})


def _numbers(text: str) -> tuple[float, ...]:
    """The numbers of a list in the URL; none if one of them makes no sense."""
    try:
        values = tuple(float(value) for value in text.split(",")) if text else ()
    except ValueError:
        return ()
    return values if all(isfinite(value) and abs(value) <= FAR for value in values) else ()


def number(style: str, value: float) -> str:
    """A measured style as people read it, without its unit: no minus before a zero."""
    text = f"{value:.{DIGITS[style]}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")


def write(now: Writing, base: tuple[float, ...]) -> None:
    """Bring a style to the desk, and the desk into view."""
    keep(Writing(now.model, now.number, base, dict.fromkeys(STYLES, 0.0)))
    st.rerun([STAGE, EQUATIONS])
