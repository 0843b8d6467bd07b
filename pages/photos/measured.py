"""The Photos page's evidence: what each method took away, who leads at which noise, and on the held-out pictures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from pydantic import FiniteFloat

from aecore import records
from aecore.data.photos import TEST
from aecore.engine import Engine
from aecore.pictures.denoise import preview_box
from aecore.pictures.filters import FILTERS
from aecore.pictures.restore import HELD_OUT, SIGMAS
from pages.photos import results
from pages.photos.controls import FIRST_SPOTS, NETWORK, PICTURES, Subject, kind, label, named, spot
from pages.photos.crops import Crop, crops
from pages.photos.results import CURVES, restored, whole
from pages.photos.state import TAKEN
from ui import messages, theme
from ui.glossary import explain
from ui.output import charts
from ui.server import jobs

SWEEP_SIDE = 192  # px of the picture that the curves are measured on
TAKEN_SIDE = 128  # px of the windows that show what was taken away
RESULTS = Path(__file__).resolve().parents[2] / "benchmarks/results/photos_page.json"  # by benchmarks/photos_page.py
_SYMBOLS = ("circle-open", "circle", "diamond", "square", "x")


# ---- what was taken away


def taken_away(engine: Engine, subject: Subject, names: list[str]) -> None:
    """The difference between the noisy picture and each result: pure noise, or edges, too?"""
    if subject.truth is None or not subject.added or not whole(subject):
        return
    st.header("What each method removed", anchor=False, help=explain("method noise"))

    @messages.fragment(key=TAKEN)
    @messages.shown()
    def show() -> None:
        noisy = subject.photo.pixels.astype(np.float32)
        scale = 1.0 if subject.photo.pixels.dtype == np.uint8 else 255.0
        noise = noisy - subject.truth
        (x, y), (width, height) = spot(subject), subject.photo.size
        left, top, right, bottom = preview_box(height, width, TAKEN_SIDE, (x / width, y / height))

        def picture(difference: np.ndarray) -> np.ndarray:
            seen = 128 + scale * difference[top:bottom, left:right] * (45 / max(subject.added, 5))
            return np.clip(np.rint(seen), 0, 255).astype(np.uint8)

        tiles = [Crop("noise", "The noise", picture(noise), help="Noisy minus clean: what should be taken away")]
        for name in names:
            recon = restored(engine, subject, name)
            gone = None if recon is None else noisy - recon.astype(np.float32)
            alike = None if gone is None else float(np.corrcoef(gone.ravel(), noise.ravel())[0, 1])
            tiles.append(
                Crop(
                    name,
                    label(name),
                    None if gone is None else picture(gone),
                    theme.kind_color(kind(name)),
                    "" if alike is None else f"{alike:.2f}",
                    "" if alike is None else "correlation with the noise",
                    help="Noisy minus restored. 1.00: exactly the noise, nothing else.",
                )
            )
        crops(tiles, "photos_taken_crops", "What each method took away, made stronger", size=230)

    show()


# ---- who leads at which noise


def curves(engine: Engine, subject: Subject, names: list[str]) -> None:
    """PSNR against sigma on a part of this picture."""
    if subject.truth is None:
        return
    st.header("Which method leads at which noise level", anchor=False)
    clean = subject.truth
    width, height = subject.photo.size
    x, y = FIRST_SPOTS.get(subject.name[1], (width // 2, height // 2))
    box = preview_box(height, width, SWEEP_SIDE, (x / width, y / height))
    left, top, right, bottom = box
    key = (*subject.name[:2], *_versions(engine, names))
    job = jobs.ask(CURVES, "aecore.pictures.restore:sweep", clean[top:bottom, left:right], names, key=key)
    if job.over:
        _curves(subject, names, job.value(), (right - left, bottom - top))
    else:
        st.skeleton(height=340)


def _curves(subject: Subject, names: list[str], table: np.ndarray, size: tuple[int, int]) -> None:
    """table: (1 + methods, sigmas), the noisy picture first; measured on size[0] x size[1] pixels."""
    labelled = {"noisy": ("Noisy", "", table[0].tolist())}
    for name, row in zip(names, table[1:], strict=True):
        labelled[name] = (label(name), kind(name), row.tolist())
    now = {key: float(np.interp(subject.added, SIGMAS, values)) for key, (_, _, values) in labelled.items()}
    if not SIGMAS[0] <= subject.added <= SIGMAS[-1]:
        now = {}
    shares = [sigma / SIGMAS[-1] for sigma in SIGMAS]
    ticks = {sigma / SIGMAS[-1]: f"σ = {sigma}" for sigma in (20, 40, 60)}
    chart = charts.sweep(labelled, shares, (subject.added / SIGMAS[-1], now), ticks)
    charts.show_chart(chart, "photos_sweep", _takeaway(labelled))
    st.caption(
        f"Measured now on {size[0]} × {size[1]} pixels of this picture, one noise for all. The filters are told σ, "
        "the network is not."
    )


def _takeaway(labelled: dict) -> str:
    """The chart in a sentence, for those who cannot see it."""
    place = SIGMAS.index(25)
    return "PSNR against sigma. At 25: " + ", ".join(
        f"{name} {row[place]:.1f} dB" for name, _, row in labelled.values()
    )


# ---- the held-out pictures


def held_out(engine: Engine, names: list[str]) -> None:
    """Every method on the pictures that no network was trained on: as shipped, or measured once a process."""
    st.header("On pictures the network has never seen", anchor=False)
    shipped = _shipped(engine.card(NETWORK).sha256 if NETWORK in names else "", names)
    if shipped is not None:
        return _held_out(shipped, names)
    versions = tuple(_versions(engine, names))
    job = jobs.ask(results.HELD_OUT, "aecore.pictures.restore:held_out", names, key=versions)
    if job.over:
        return _held_out(job.value(), names)
    st.caption("Being measured, once for all visitors.")
    st.skeleton(height=260)


def _versions(engine: Engine, names: list[str]) -> list[str]:
    """What tells these networks from others of the same names."""
    return [engine.card(name).sha256 for name in names if name not in FILTERS]


@dataclass(frozen=True)
class _Table:
    """What benchmarks/photos_page.py writes; psnr: as `held_out`."""

    network: str
    sigmas: list[int]
    pictures: list[str]
    methods: list[str]
    psnr: list[list[list[FiniteFloat]]]


def _shipped(network: str, names: list[str]) -> np.ndarray | None:
    """The table of `held_out` from the repository, if it was measured with this network and these methods."""
    try:
        saved = records.read(_Table, RESULTS.read_bytes())
        table = np.array(saved.psnr)
    except (OSError, ValueError):  # then it is measured here
        return None
    same = [saved.network, saved.methods, list(table.shape)]
    return table if same == [network, names, [len(HELD_OUT), len(TEST), 1 + len(names)]] else None


def _held_out(table: np.ndarray, names: list[str]) -> None:
    labels = ["Noisy", *map(label, names)]
    for column, sigma, rows in zip(st.columns(len(HELD_OUT)), HELD_OUT, table, strict=True):
        with column:
            charts.show_chart(
                _dots(rows, labels, names, sigma),
                key=f"photos_held_out_{sigma}",
                alt=_row_in_words(rows, labels, sigma),
            )
    st.caption(
        "PSNR in dB, farther right is better, over the whole picture with 8-bit noise, as on the stage; "
        f"the filters are told σ. {_ahead(table, names)} Non-local means runs in its fast variant; the exact one is "
        "0.1 to 0.3 dB better, and some fifteen times slower."
    )


def _dots(rows: np.ndarray, labels: list[str], names: list[str], sigma: int):
    """One line a picture and their mean, one mark a method."""
    _, muted, _, ground = theme.neutral()
    places = [*(PICTURES[name] for name in TEST), "Mean"]
    figure = charts.chart(
        290,
        f"σ = {sigma}",
        margin={"l": 84, "r": 12, "t": 30, "b": 76},
        hovermode="closest",
        legend={"y": -0.17},
        xaxis={"ticksuffix": " dB"},
        yaxis={"autorange": "reversed", "tickfont": {"color": theme.neutral()[0]}},
    )
    for i, method in enumerate(labels):
        network = i > 0 and names[i - 1] == NETWORK
        color = theme.kind_color(kind(names[i - 1])) if i else muted
        values = [*rows[:, i], rows[:, i].mean()]
        figure.add_scatter(
            x=values, y=places, mode="markers", name=method,
            marker={"color": color, "size": 13 if network else 10, "symbol": _SYMBOLS[i % len(_SYMBOLS)],
                    "line": {"color": color if i == 0 else ground, "width": 1}},
            hovertemplate="%{y}: %{x:.2f} dB<extra>" + method + "</extra>",
        )  # fmt: skip
    return figure


def _row_in_words(rows: np.ndarray, labels: list[str], sigma: int) -> str:
    """A chart in a sentence, for those who cannot see it."""
    means = ", ".join(f"{method} {value:.1f} dB" for method, value in zip(labels, rows.mean(0), strict=True))
    return f"Mean PSNR at sigma {sigma}: {means}."


def _ahead(table: np.ndarray, names: list[str]) -> str:
    """By how much the network leads on average, or trails."""
    if NETWORK not in names:
        return ""
    words = []
    for sigma, means in zip(HELD_OUT, table[:, :, 1:].mean(1), strict=True):
        own = float(means[names.index(NETWORK)])
        rival = max((name for name in names if name != NETWORK), key=lambda name: means[names.index(name)])
        lead = own - float(means[names.index(rival)])
        words.append(f"{abs(lead):.1f} dB {'ahead of' if lead >= 0 else 'behind'} {named(rival)} at σ = {sigma}")
    return f"On average the network is {' and '.join(words)}."
