"""Take samples home: hundreds or thousands of digits, judged, as a sheet, a zip of PNGs or an IDX pair like MNIST's."""

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.latent import samples
from aecore.latent.samples import Samples
from aecore.latent.styles import directions
from pages.generate.writer import Writing

SIZES = (100, 1_000, samples.MOST)
_BATCH = "_generate_batch"  # (what was asked for, Samples): the last one only, 8 MB at most


def show(engine: Engine, now: Writing) -> None:
    """Choose how many of which classes, make them under a progress bar, and take them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.segmented_control(
            "How many", SIZES, format_func="{:,}".format, default=1_000, required=True,
            key="generate_size", bind="query-params",
        )  # fmt: skip
        classes = st.pills(
            "Classes", list(range(10)), selection_mode="multi", default=list(range(10)),
            key="generate_classes", bind="query-params",
        )  # fmt: skip
        wanted = st.button("Make them", icon=":material/auto_awesome:", type="primary", key="generate_make")
    st.caption(
        f"From {engine.card(now.model).title}, z drawn at temperature {now.temperature:.2f}"
        + (", with the slant, width and thickness set above" if any(now.amounts.values()) else "")
        + f", seed {now.seed}. Each class equally often. Labels are the classes asked for."
    )
    asked = (now.model, now.temperature, now.seed, tuple(now.amounts.items()), size, tuple(classes))
    if wanted and classes:
        st.session_state[_BATCH] = (asked, _make(engine, now, size, sorted(classes)))
    elif wanted:
        st.caption(":material/info: Choose at least one class.")
    if _BATCH in st.session_state and st.session_state[_BATCH][0] == asked:
        _offer(st.session_state[_BATCH][1], now)


def _make(engine: Engine, now: Writing, size: int, classes: list[int]) -> Samples:
    bar = st.progress(0.0, "Writing …")
    y = torch.tensor(classes).repeat(-(-size // len(classes)))[:size]
    rng = torch.Generator().manual_seed(now.seed)
    step = directions(engine, now.model).step(now.amounts) if any(now.amounts.values()) else None
    found = samples.draw(
        engine, now.model, y, rng, now.temperature, step,
        progress=lambda share: bar.progress(share, f"{share * size:,.0f} of {size:,} written and read"),
    )  # fmt: skip
    bar.empty()
    return found


def _offer(found: Samples, now: Writing) -> None:
    n = len(found.y)
    agreed = int((found.reads == found.y).sum())
    st.markdown(f"#### The judge reads {agreed:,} of {n:,} as asked ({100 * found.agreement:.1f} %)")
    worst = sorted(set(found.y.tolist()), key=lambda digit: (found.reads == found.y)[found.y == digit].mean())[:2]
    shares = [f"{digit}: {100 * float((found.reads == found.y)[found.y == digit].mean()):.1f} %" for digit in worst]
    st.caption(f"Hardest classes: {', '.join(shares)}. Drop what the judge reads otherwise, if labels matter to you.")
    name, columns = f"{now.model}-{n}", min(50, max(10, round(n**0.5)))
    with st.container(horizontal=True):
        st.download_button(
            "Sheet (PNG)", lambda: samples.sheet(found.x, columns, scale=2 if n <= 1000 else 1), f"{name}.png",
            "image/png", on_click="ignore", icon=":material/download:", key="generate_sheet",
            help="All digits on one picture",
        )  # fmt: skip
        st.download_button(
            "PNGs (zip)", lambda: samples.png_zip(found), f"{name}-png.zip", "application/zip", on_click="ignore",
            icon=":material/download:", key="generate_zip", help="One PNG a digit, and labels.csv with the verdicts",
        )  # fmt: skip
        st.download_button(
            "IDX pair (zip)", lambda: samples.idx_zip(found), f"{name}-idx.zip", "application/zip", on_click="ignore",
            icon=":material/download:", key="generate_idx",
            help="Images and labels as two gzipped IDX files, the format of MNIST: more training data",
        )  # fmt: skip
