"""Test error against the number of labels: the page's stage, which lives in the browser from measured numbers alone."""

import streamlit as st

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.features.probe import interval
from aecore.pretraining.labels import COUNTS
from aecore.pretraining.table import NEIGHBOURS, PIXELS, SCRATCH, STACK, TUNED, Measured
from pages.few_labels.state import state
from ui import url
from ui.component import component
from ui.theme import kind_color

LABELS = "few_labels"  # in the URL
FIRST = 100
NAMES = {
    SCRATCH: "From scratch",
    TUNED: "Pretrained stack, fine-tuned",
    STACK: "Stack, frozen, linear",
    PIXELS: "Pixels, linear",
    NEIGHBOURS: "Pixels, nearest neighbours",
}
PLAIN = (SCRATCH, PIXELS, NEIGHBOURS)  # without pretraining
_CURVES = component("pages/few_labels/curves/curves")


def labels_now() -> int:
    """How many labels the visitor, or the link that they followed, asks for."""
    (text,) = url.get(LABELS)
    return int(text) if text in map(str, COUNTS) else FIRST


def recall() -> None:
    """On the page itself: the number of labels comes from the URL, or returns to it."""
    if url.read(LABELS):
        state().fresh += 1


def set_by_page(labels: int) -> None:
    """Set the slider, in a callback."""
    url.put({LABELS: str(labels)})
    state().fresh += 1


def best_encoder(measured: Measured, labels: int = FIRST) -> str:
    """The network on whose frozen codes a linear classifier errs least with so many labels."""
    return min(measured.encoders(), key=lambda method: middle(measured, method, labels))


def middle(measured: Measured, method: str, labels: int) -> float:
    """Mean test error over the seeds, in percent."""
    return interval(measured.errors[method][str(labels)], measured.tested)[0]


def name_of(engine: Engine, method: str) -> str:
    """What a method is called on this page."""
    if method in NAMES:
        return NAMES[method]
    try:
        return f"{engine.card(method).title}, frozen, linear"
    except AecoreError:
        return f"{method}, frozen, linear"


def kind_of(engine: Engine, method: str) -> str:
    """The kind of a method's network, "" for none."""
    if method in PLAIN:
        return ""
    try:
        return engine.card(STACK if method == TUNED else method).kind
    except AecoreError:
        return ""


def show(engine: Engine, measured: Measured) -> None:
    """The slider, the curves and their numbers."""
    key = "few_curves_view"

    def set_by_hand() -> None:
        labels = st.session_state[key].get("labels")
        if type(labels) is int and labels in COUNTS:
            url.put({LABELS: str(labels)})

    shown = [SCRATCH, TUNED, best_encoder(measured), STACK, PIXELS, NEIGHBOURS]
    lines = [_line(engine, measured, method) for method in dict.fromkeys(shown)]
    others = [
        [middle(measured, method, count) for count in COUNTS] for method in measured.encoders() if method not in shown
    ]
    data = {
        "counts": list(COUNTS),
        "labels": labels_now(),
        "lines": lines,
        "others": [line for line in others if min(line) < 60],
        "fresh": state().fresh,
    }
    _CURVES(key=key, data=data, height="content", on_labels_change=set_by_hand)


def _line(engine: Engine, measured: Measured, method: str) -> dict:
    both = [interval(measured.errors[method][str(count)], measured.tested) for count in COUNTS]
    return {
        "key": method,
        "name": name_of(engine, method),
        "pretrained": method not in PLAIN,
        "color": kind_color(kind_of(engine, method)),
        "dash": {PIXELS: "2 4", NEIGHBOURS: "7 4", STACK: "2 4"}.get(method, ""),
        "mean": [round(mean, 2) for mean, _ in both],
        "half": [round(half, 2) for _, half in both],
    }
