"""Below the stage: the sweep that proves the verdict, what ran under the hood, and the downloads."""

import streamlit as st

from aecore.checkpoints import Card
from aecore.corruptions import CORRUPTIONS
from aecore.engine import Engine
from aecore.restore import baselines, compare
from aecore.restore.compare import Comparison, Damage
from pages.denoise import equations
from ui.glossary import explain
from ui.output import charts, downloads
from ui.output.fold import under_the_hood
from ui.output.numbers import numbers

_TICKS = (0.2, 0.6, 1.0)


def show(
    engine: Engine,
    comparison: Comparison,
    models: list[str],
    classical: list[str],
    paste: bool,
    cards: dict[str, Card],
) -> None:
    """Draw everything that belongs to one Comparison but need not follow the pen."""
    corruption = CORRUPTIONS[comparison.damage.corruption]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(f"{corruption.label}: who holds out longest?", help=explain("sweep"), anchor=False)
        numbers()
        downloads.buttons(comparison, f"denoise-{comparison.damage.corruption}", "denoise")
    digit = comparison.clean.x.numpy().tobytes()
    curves = _sweep(digit, comparison.damage, tuple(models), tuple(classical), paste)
    labelled = {}
    for key, values in curves.items():
        label, kind = _label(key, cards)
        labelled[key] = (label, kind, values)
    ticks = {strength: corruption.describe(strength).split(" of ")[0] for strength in _TICKS}
    now = {entry.id: entry.psnr for entry in [comparison.corrupted, *comparison.methods]}
    chart = charts.sweep(labelled, compare.SWEEP, (comparison.damage.strength, now), ticks)
    alt = _takeaway(labelled, comparison.damage)
    charts.show_chart(chart, key="denoise_sweep", alt=alt)
    under_the_hood("denoise", lambda: equations.show(engine, comparison, cards))


@st.cache_data(max_entries=64, show_spinner=False)
def _sweep(
    digit: bytes, damage: Damage, models: tuple[str, ...], classical: tuple[str, ...], paste: bool
) -> dict[str, list[float]]:
    import numpy as np
    import torch

    x = torch.from_numpy(np.frombuffer(digit, np.float32).copy()).view(1, 1, 28, 28)
    return compare.sweep(x, damage, models, classical, paste)


def _label(name: str, cards: dict[str, Card]) -> tuple[str, str]:
    if name == "corrupted":
        return "Corrupted", ""
    if name in cards:
        return cards[name].title, cards[name].kind
    return baselines.BASELINES[name].label, "classical"


def _takeaway(labelled: dict, damage: Damage) -> str:
    """The chart in a sentence, for those who cannot see it."""
    place = min(range(len(compare.SWEEP)), key=lambda i: abs(compare.SWEEP[i] - damage.strength))
    rows = [f"{label} {values[place]:.1f} dB" for label, _, values in labelled.values()]
    return f"PSNR against strength. At {damage}: {', '.join(rows)}."
