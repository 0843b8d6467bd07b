"""Take samples home: hundreds or thousands of digits, judged, as a sheet, a zip of PNGs or an IDX pair like MNIST's."""

from collections.abc import Callable

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.latent import samples
from aecore.latent.samples import Samples
from pages.generate.state import state
from pages.generate.writer import Writing
from ui import messages
from ui.input.choice import choice
from ui.server import jobs
from ui.server.jobs import Job

SIZES = (100, 1_000, samples.MOST)
SEAT = "generate_samples"


def show(engine: Engine, now: Writing) -> None:
    """Choose how many of which classes, make them under a progress bar, and take them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = choice(
            "How many", SIZES, format_func="{:,}".format, default=1_000,
            key="generate_size",
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
    if wanted and not classes:
        st.caption(":material/info: Choose at least one class.")
    elif wanted:
        state().batch = asked, _begin(now, size, sorted(classes))
    before, job = state().batch
    if before != asked:
        jobs.release(SEAT)
    elif not job.over:
        (_wait if job.state == "waiting" else _watch)(job, size)
    elif job.state == "cancelled":
        st.caption(":material/info: Cancelled.")
    else:
        _offer(job.value(), now, asked)


def _begin(now: Writing, size: int, classes: list[int]) -> Job:
    y = torch.tensor(classes).repeat(-(-size // len(classes)))[:size]
    amounts = dict(now.amounts)
    key = now.model, tuple(classes), size, now.seed, now.temperature, *amounts.items()
    jobs.release(SEAT)  # what failed is tried again
    return jobs.ask(SEAT, "aecore.latent.samples:batch", now.model, y, now.seed, now.temperature, amounts, key=key)


@messages.fragment(run_every=1)
def _wait(job: Job, size: int) -> None:
    """The place in the queue, where little happens: ten who wait must not cost what one who draws does."""
    if job.state != "waiting":
        st.rerun()
    _bar(job, size)


@messages.fragment(run_every=0.3)
def _watch(job: Job, size: int) -> None:
    """The progress bar."""
    _bar(job, size)
    if job.over:
        st.rerun()


def _bar(job: Job, size: int) -> None:
    """How far it is, and a way out."""
    share = job.news or 0.0
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.state == "waiting":
            st.progress(0.0, f"{jobs.words(job)} …")
        elif isinstance(share, float):
            st.progress(share, f"{share * size:,.0f} of {size:,} written and read")
        st.button("Cancel", icon=":material/close:", on_click=jobs.release, args=(SEAT,), key="generate_cancel")


def _offer(batch: Samples, now: Writing, asked: tuple) -> None:
    n = len(batch.y)
    agreed = int((batch.reads == batch.y).sum())
    st.markdown(f"### The judge reads {agreed:,} of {n:,} as asked ({100 * batch.agreement:.1f}%)")
    worst = sorted(set(batch.y.tolist()), key=lambda digit: (batch.reads == batch.y)[batch.y == digit].mean())[:2]
    shares = [f"{digit}: {100 * float((batch.reads == batch.y)[batch.y == digit].mean()):.1f}%" for digit in worst]
    st.caption(f"Hardest classes: {', '.join(shares)}. Drop what the judge reads otherwise, if labels matter to you.")
    name, columns = f"{now.model}-{n}", min(50, max(10, round(n**0.5)))
    with st.container(horizontal=True):
        st.download_button(
            "Sheet (PNG)", _file("sheet", asked, batch.x, columns, 2 if n <= 1000 else 1), f"{name}.png", "image/png",
            on_click="ignore", icon=":material/download:", key="generate_sheet",
            help="All digits on one picture",
        )  # fmt: skip
        st.download_button(
            "PNGs (zip)", _file("png_zip", asked, batch), f"{name}-png.zip", "application/zip", on_click="ignore",
            icon=":material/download:", key="generate_zip", help="One PNG a digit, and labels.csv with the verdicts",
        )  # fmt: skip
        st.download_button(
            "IDX pair (zip)", _file("idx_zip", asked, batch), f"{name}-idx.zip", "application/zip", on_click="ignore",
            icon=":material/download:", key="generate_idx",
            help="Images and labels as two gzipped IDX files, the format of MNIST: more training data",
        )  # fmt: skip


def _file(function: str, asked: tuple, *arguments: object) -> Callable[[], bytes]:
    """What a download button makes once it is clicked."""
    return jobs.later(f"{SEAT}_{function}", f"aecore.latent.samples:{function}", *arguments, key=asked)
