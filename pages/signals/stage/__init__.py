"""The Signals page's stage: a trace under noise, who hears its pulse, and the traces that come next.

The browser makes all of it by itself (stage.js), the networks included. Python says how it begins, keeps the settings
for the link, and reads a visitor's file. In a test without a browser, set
`at.session_state["signals_stage_view"] = {"settings": {...}}`.
"""

import base64
import functools
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

import streamlit as st

from aecore.data import signals
from aecore.signals import draws, methods
from aecore.signals.files import File
from aecore.signals.table import BAND, MATCHED, NETWORK, RAIL, RAW, REVIEW, REVIEWS, UNET, WIENER
from pages.signals.state import state
from ui import theme, url
from ui.component import component
from ui.live import networks

KEY = "signals_stage_view"
NOISE, SNR, MORE, SEED, WAY, DRAWN = (f"signals_{part}" for part in ("noise", "snr", "more", "seed", "way", "drawn"))
NAMES = {
    UNET: "Pulse U-Net",
    REVIEW: "Review's network",
    MATCHED: "Matched filter",
    WIENER: "Wiener filter",
    BAND: "Band-pass",
    RAW: "Raw maximum",
    RAIL: "Stuck samples",
}
_PEN = re.compile(r"([A-Za-z0-9_-]{50})?")  # a drawing, see draws.js
_MORE = re.compile(r"(\d{1,3})-([0-3])-([01])-([01])")  # % Galactic, stations, clipped, silent

_STAGE = component("pages/signals/stage/stage")


@dataclass(frozen=True)
class Settings:
    """What the visitor's hand sets. trace: what `draws.trace` makes; way: who is listened to; drawn: a pulse of their
    own, "" for none."""

    trace: draws.Settings = field(default_factory=draws.Settings)
    way: str = UNET
    drawn: str = ""


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the stage shows them."""
    if url.read(NOISE, SNR, MORE, SEED, WAY, DRAWN):
        state().fresh += 1


def settings_now() -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    noise, snr, more, seed, way, drawn = url.get(NOISE, SNR, MORE, SEED, WAY, DRAWN)
    parts = _MORE.fullmatch(more or "")
    colour, carriers, clipped, silent = map(int, parts.groups()) if parts else (0, 0, 0, 0)
    said = {"noise": noise, "snr": _number(snr), "seed": _number(seed), "way": way, "drawn": drawn or ""}
    said |= {"colour": colour / 100, "carriers": carriers, "clipped": bool(clipped), "silent": bool(silent)}
    return checked(said)


def checked(said: dict) -> Settings:
    """Settings from whoever says them: the default for each that makes no sense."""
    plain = draws.Settings()
    sound = {
        "noise": lambda value: value in signals.NOISES,
        "snr": lambda value: type(value) in (int, float) and 0.5 <= value <= 6,
        "colour": lambda value: type(value) in (int, float) and 0 <= value <= 1,
        "carriers": lambda value: type(value) is int and 0 <= value <= draws.MOST,
        "clipped": lambda value: type(value) is bool,
        "silent": lambda value: type(value) is bool,
        "seed": lambda value: type(value) is int and 0 <= value < draws.SEEDS,
    }
    trace = {name: said[name] for name, right in sound.items() if name in said and _right(right, said[name])}
    way, drawn = said.get("way"), said.get("drawn")
    return Settings(
        replace(plain, **trace),
        way if isinstance(way, str) and way in NAMES else UNET,
        drawn if isinstance(drawn, str) and _PEN.fullmatch(drawn) else "",
    )


def put(settings: Settings) -> None:
    """Keep settings, and show them in the URL; what is as at first is left out."""
    trace, plain = settings.trace, draws.Settings()
    more = f"{round(100 * trace.colour)}-{trace.carriers}-{int(trace.clipped)}-{int(trace.silent)}"
    values = {
        NOISE: (trace.noise, plain.noise),
        SNR: (f"{trace.snr:g}", f"{plain.snr:g}"),
        MORE: (more, "0-0-0-0"),
        SEED: (str(trace.seed), str(plain.seed)),
        WAY: (settings.way, UNET),
        DRAWN: (settings.drawn, ""),
    }
    url.put({key: None if value == first else value for key, (value, first) in values.items()})


def set_by_page(settings: Settings) -> None:
    """Set the stage, in a callback."""
    put(settings)
    state().fresh += 1


def show(file: File | None, on_settings: Callable[[], None]) -> None:
    """Mount it.

    Args: file: a visitor's, instead of a simulated trace; on_settings: called once the hand has set something.
    """

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("settings")
        if isinstance(said, dict):
            put(checked(said))
            on_settings()

    settings = settings_now()
    wanted = {UNET: NETWORK} | {f"{REVIEW}-{noise}": name for noise, name in REVIEWS.items()}
    at_hand = networks.runnable(list(wanted.values()))
    data = {
        "settings": asdict(settings.trace) | {"way": settings.way, "drawn": settings.drawn},
        "fresh": state().fresh,
        "noises": list(signals.NOISES),
        "names": NAMES,
        "networks": {way: networks.reference(name)["sha256"] for way, name in wanted.items() if name in at_hand},
        "colors": {"network": theme.kind_color("dae"), "classical": theme.neutral()[0]},
        "file": _packed(file) if file is not None else None,
    } | _physics()
    _STAGE(key=KEY, data=data, height="content", on_settings_change=set_by_hand)


@functools.cache
def _physics() -> dict:
    """Constants and spectra that the browser makes its traces and filters of."""
    f = signals.frequencies()
    physics = {
        "length": signals.LENGTH, "rate": signals.RATE, "places": signals.PLACES, "slopes": signals.SLOPES,
        "band": signals.BAND, "senders": signals.GALACTIC, "bound": signals.BOUND, "swing": signals.SWING,
        "rms": signals.RMS, "rails": signals.RAILS, "shift": signals.SHIFT, "carrier": signals.CARRIER,
        "spectrum": _listed(signals.spectrum(f)), "galactic": _listed(signals.galactic(f)),
    }  # fmt: skip
    return {
        "physics": physics,
        "unit": _listed(methods.pulse_power(1.0)),
        "template": _listed(methods.template()),
        "published": _listed(methods.template(vary=False)),
    }


def _listed(spectrum) -> list[float]:
    return [float(f"{value:.5g}") for value in spectrum.tolist()]


def _packed(file: File) -> dict:
    x = file.x.flatten().numpy().astype("<f4").tobytes()
    return {"id": base64.b64encode(x[:48]).decode(), "x": base64.b64encode(x).decode(), "begin": file.begin}


def _right(right: Callable[[object], bool], value: object) -> bool:
    try:
        return right(value)
    except TypeError:  # unhashable, say
        return False


def _number(text: str | None) -> int | float | None:
    if not text or not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        return None
    return float(text) if "." in text else int(text)
