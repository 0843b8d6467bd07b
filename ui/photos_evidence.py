"""The Photos page's evidence: what each method took away, who leads at which noise, and on the held-out pictures."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from aecore import photos
from aecore.engine import Engine
from ui import figures, theme
from ui import photos_work as work
from ui.glossary import explain
from ui.photos import FIRST_SPOTS, NETWORK, Subject, label, spot
from ui.photos_results import restore, result_name, whole
from ui.photos_tiles import Crop, crops

SIGMAS = (5, 10, 15, 20, 25, 30, 40, 50, 60)  # of the curves, in grey levels
SWEEP_SIDE = 192  # px of the picture that the curves are measured on
TAKEN_SIDE = 128  # px of the windows that show what was taken away
RESULTS = Path(__file__).resolve().parents[1] / "results" / "pictures.json"  # benchmarks/pictures.py writes it


def family(method: str) -> str:
    """Whose colour a method has on the charts."""
    return "dae" if method == NETWORK else "classical"


# ---- what was taken away


def taken(engine: Engine, found: Subject, names: list[str]) -> None:
    """The difference between the noisy picture and each result: pure noise, or edges, too?"""
    if found.truth is None or not found.added or not whole(found):
        return
    st.subheader("What did each take away?", anchor=False, help=explain("method noise"))

    @st.fragment(key="photos_taken")
    def show() -> None:
        noisy = found.photo.pixels.astype(np.float32)
        scale = 1.0 if found.photo.pixels.dtype == np.uint8 else 255.0
        noise = noisy - found.truth
        (x, y), (width, height) = spot(found), found.photo.size
        left, top, right, bottom = photos.preview_box(height, width, TAKEN_SIDE, (x / width, y / height))

        def picture(difference: np.ndarray) -> np.ndarray:
            seen = 128 + scale * difference[top:bottom, left:right] * (45 / max(found.added, 5))
            return np.clip(np.rint(seen), 0, 255).astype(np.uint8)

        tiles = [Crop("noise", "The noise", picture(noise), help="Noisy minus clean: what should be taken away")]
        for name in names:
            recon = work.kept(result_name(engine, found, name))
            gone = None if recon is None else noisy - recon.astype(np.float32)
            alike = None if gone is None else float(np.corrcoef(gone.ravel(), noise.ravel())[0, 1])
            tiles.append(
                Crop(
                    name,
                    label(name),
                    None if gone is None else picture(gone),
                    theme.family_color(family(name)),
                    "" if alike is None else f"{alike:.2f}",
                    "" if alike is None else "like the noise",
                    help="Noisy minus restored. 1.00: exactly the noise, nothing else.",
                )
            )
        crops(tiles, "photos_taken_crops", "What each method took away, made stronger", size=230)

    show()


# ---- who leads at which noise


def curves(engine: Engine, found: Subject, names: list[str]) -> None:
    """PSNR against sigma on a part of this picture."""
    if found.truth is None:
        return
    st.subheader("Who leads at which noise?", anchor=False)
    clean = found.truth
    network = engine.card(NETWORK).sha256 if NETWORK in names else ""
    name = ("curves", *found.name[:2], network)
    width, height = found.photo.size
    x, y = FIRST_SPOTS.get(found.name[1], (width // 2, height // 2))
    box = photos.preview_box(height, width, SWEEP_SIDE, (x / width, y / height))
    left, top, right, bottom = box
    begin = partial(_sweep, clean[top:bottom, left:right], tuple(names))
    waiting = work.ask(name, begin) is not None

    @st.fragment(key="photos_curves", run_every=0.7 if waiting else None)
    def show() -> None:
        if work.ask(name, begin) is not None:
            st.skeleton(height=340)
            return
        if waiting:
            st.rerun()
        table = work.kept(name)  # (1 + methods, sigmas)
        labelled = {"noisy": ("Noisy", "", table[0].tolist())}
        for each, row in zip(names, table[1:], strict=True):
            labelled[each] = (label(each), family(each), row.tolist())
        now = {key: float(np.interp(found.added, SIGMAS, values)) for key, (_, _, values) in labelled.items()}
        if not SIGMAS[0] <= found.added <= SIGMAS[-1]:
            now = {}
        shares = [sigma / SIGMAS[-1] for sigma in SIGMAS]
        ticks = {sigma / SIGMAS[-1]: f"σ = {sigma}" for sigma in (10, 20, 30, 40, 50, 60)}
        chart = figures.sweep(labelled, shares, (found.added / SIGMAS[-1], now), ticks)
        st.plotly_chart(
            chart, theme=None, config={"displayModeBar": False}, key="photos_sweep", alt=_takeaway(labelled)
        )  # fmt: skip
        side = f"{right - left} × {bottom - top}"
        st.caption(
            f"Measured now on {side} pixels of this picture, one noise for all. The filters are told σ, "
            "the network is not."
        )

    show()


def _sweep(clean: np.ndarray, names: tuple[str, ...]) -> Iterator[object]:
    """PSNR in dB of the noisy part and of each method's result, (1 + methods, sigmas)."""
    rows = []
    for done, sigma in enumerate(SIGMAS):
        noisy = photos.add_noise(clean, sigma, torch.Generator().manual_seed(0))
        results = [noisy]
        for name in names:
            *_, recon = restore(name, noisy, sigma)
            results.append(recon)
        rows.append([_psnr(clean, each) for each in results])
        yield (done + 1) / len(SIGMAS)
    yield np.array(rows).T


def _psnr(clean: np.ndarray, recon: np.ndarray) -> float:
    from aecore import metrics

    return min(99.0, float(metrics.psnr(photos.to_tensor(clean), photos.to_tensor(recon))))


def _takeaway(labelled: dict) -> str:
    """The chart in a sentence, for those who cannot see it."""
    place = SIGMAS.index(25)
    return "PSNR against sigma. At 25: " + ", ".join(
        f"{name} {row[place]:.1f} dB" for name, _, row in labelled.values()
    )


# ---- the held-out pictures


def held_out() -> None:
    """Every method on the pictures that no network was trained on, from the shipped measurement."""
    if not RESULTS.exists():
        return
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    st.json(found)
