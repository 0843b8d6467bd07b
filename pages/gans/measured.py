"""The GANs page's evidence: what ten thousand samples of each model are worth, over seeds."""

from collections.abc import Sequence
from math import hypot
from statistics import mean

import streamlit as st

from aecore import intervals
from aecore.engine import Engine
from aecore.gans import table
from aecore.gans.measures import Worth
from aecore.gans.recipes import GANS
from aecore.gans.table import Measured
from ui import messages
from ui.glossary import explain
from ui.output import tables

NAMES = {
    "gan": "GAN", "acgan": "ACGAN, told the class", "wgan-gp": "WGAN-GP", "wgan-div": "WGAN-div",
    "vae": "VAE", "cvae": "Conditional VAE, told the class",
}  # fmt: skip
COLUMNS = {  # of Worth: heading, and digits after the point
    "frechet": ("Fréchet distance ↓", 1),
    "sure": ("Judge is sure, % ↑", 1),
    "recall": ("Recall, % ↑", 1),
    "entropy": ("Entropy, nats ↑", 3),
    "classes": ("Classes", 0),
    "agreement": ("As asked, % ↑", 1),
    "nearest": ("To the nearest training digit", 2),
}


def show(engine: Engine, measured: Measured) -> None:
    """A sentence, the table, and what its columns mean."""
    messages.stale(measured.stale(engine), table.AGAIN)
    st.markdown(takeaway(measured))
    with st.container(key="gans_table"):
        st.markdown(markdown(measured))
    seeds = len(measured.rows["gan"])
    st.caption(
        f"{explain('Fréchet distance')} {explain('GAN recall')} 10,000 samples each; ± is the 95% interval over "
        f"{seeds} trainings with the same budget and layers; the VAEs were trained once, so have none. A test digit "
        f"lies {measured.unseen:.2f} from the nearest training digit: samples much nearer are copied, or blurred."
    )


def takeaway(measured: Measured) -> str:
    """Who is sharpest, who is most varied, whether these are the same: from the numbers alone."""
    untold = [name for name in NAMES if measured.rows[name][0].agreement is None]
    sharp, varied, near = (leaders(measured, untold, key) for key in ("sure", "recall", "frechet"))
    least = min(untold, key=lambda name: middle(measured.rows[name], "recall"))
    told = min((name for name in NAMES if name not in untold), key=lambda name: middle(measured.rows[name], "frechet"))
    parts = (
        f"**{'With fair knobs the sharpest are the most varied, too' if sharp == varied else 'Sharp is not varied'}.** "
        "Of those not told the class, "
        f"{_all(sharp)} {_is(sharp)} sharpest: the judge is sure of {_best(measured, sharp, 'sure'):.0f}% of the "
        "digits.",
        f"Most varied {_is(varied)} {_all(varied)}: the samples reach {_best(measured, varied, 'recall'):.0f}% of the "
        f"test digits, the {_short(least)}'s {middle(measured.rows[least], 'recall'):.0f}%.",
        f"By Fréchet distance {_all(near)} {'comes' if len(near) == 1 else 'come'} nearest to real digits, at "
        f"{_best(measured, near, 'frechet'):.0f}; the VAE is at {middle(measured.rows['vae'], 'frechet'):.0f}.",
        f"Told the class, the {_short(told)} is at {middle(measured.rows[told], 'frechet'):.0f}; real training digits "
        f"are at {measured.real.frechet:.0f}.",
    )
    text = " ".join(parts)
    copies = [_short(name) for name in GANS if middle(measured.rows[name], "nearest") < 0.5 * measured.unseen]
    return text + (
        f" Too near to training digits on average: {', '.join(copies)}."
        if copies
        else " On average, no GAN lies too near to training digits: no sign of copying."
    )


def leaders(measured: Measured, names: Sequence[str], key: str) -> list[str]:
    """The best of these by a number, and those that seeds cannot tell from it."""
    best = (min if COLUMNS[key][0].endswith("↓") else max)(names, key=lambda name: middle(measured.rows[name], key))

    def level(name: str) -> bool:
        gap = abs(middle(measured.rows[name], key) - middle(measured.rows[best], key))
        return gap <= hypot(half(measured.rows[name], key), half(measured.rows[best], key))

    return [name for name in names if name == best or level(name)]


def _best(measured: Measured, names: Sequence[str], key: str) -> float:
    return mean(middle(measured.rows[name], key) for name in names)


def _all(names: Sequence[str]) -> str:
    first, *rest = (f"the {_short(name)}" for name in names)
    return f"{first}{''.join(f', {name}' for name in rest[:-1])}{f' and {rest[-1]}' if rest else ''}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def markdown(measured: Measured) -> str:
    """A row a model, and one of real digits."""
    rows = [(f"**{label}**", *cells(measured.rows[name])) for name, label in NAMES.items()]
    rows.append(("Real training digits", *cells([measured.real])))
    return tables.markdown(("", *(head for head, _ in COLUMNS.values())), rows)


def cells(worths: list[Worth]) -> list[str]:
    """A model's numbers, each with its interval."""
    return [cell(worths, key, digits) for key, (_, digits) in COLUMNS.items()]


def middle(worths: list[Worth], key: str) -> float:
    """Mean over seeds."""
    return mean(getattr(worth, key) for worth in worths)


def half(worths: list[Worth], key: str) -> float:
    """Half of the 95 % interval of the mean over seeds; 0 for one training."""
    return intervals.half([getattr(worth, key) for worth in worths]) or 0.0


def cell(worths: list[Worth], key: str, digits: int) -> str:
    """Mean over seeds and its interval; a dash where nothing was measured."""
    values = [getattr(worth, key) for worth in worths]
    if None in values:
        return "–"
    if key == "classes":
        return str(min(values))
    text = f"{mean(values):,.{digits}f}"
    if len(values) == 1:
        return text
    return f"{text} ± {half(worths, key):,.{digits}f}"


def _short(name: str) -> str:
    return NAMES[name].split(",")[0]
