"""The Masked page's evidence: guesses over a thousand digits, and what the encoder is worth to a classifier."""

import streamlit as st

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.features.probe import interval
from aecore.masking.patches import SHARES
from aecore.masking.table import (
    AGAIN,
    BIHARMONIC,
    BLACK,
    FRESH,
    LABELS,
    MASKED,
    MEAN,
    NORMALISED,
    SHIPPED,
    UNET,
    Cell,
    Measured,
    load,
    percent,
)  # fmt: skip
from aecore.pretraining import table as few_labels
from ui.input.choice import choice

NAMES = {
    MASKED: "Masked autoencoder",
    UNET: "U-Net, trained on these masks",
    SHIPPED: "The lab's inpainter, trained on other holes",
    BIHARMONIC: "Biharmonic",
    MEAN: "The mean digit",
    BLACK: "Left black",
}
WAYS = {"random": "At random", "block": "One block"}
SOURCES = {MASKED: "Masked", NORMALISED: "Masked, patches normalised", FRESH: "Not trained"}
OTHERS = {"hashing": "Semantic hashing", "ae-conv": "Convolutional autoencoder", "stack": "Stacked denoiser"}
BAR_DB = 16.2  # that were asked for at 75%
LEVEL_DB, LEVEL_READ, LEVEL_ERROR = 0.1, 1.0, 0.3  # dB, percentage points: smaller differences are none


def show(engine: Engine, measured: Measured) -> None:
    """A sentence, the table of guesses, another sentence, the table of classifiers."""
    if stale := measured.stale(engine):
        st.caption(
            f":material/info: Measured on another {' and another '.join(stale)} than the one here. Measure again with: "
            f"`{AGAIN}`."
        )
    st.markdown(takeaway(measured))
    way = choice("Hidden", list(WAYS), default="random", format_func=WAYS.get, key="masked_table_way")
    with st.container(key="masked_table"):
        st.markdown(guesses(measured, way))
    st.caption(
        f"PSNR over all hidden pixels of {measured.digits:,} test digits, ± 95% over digits; and how many the "
        f"judge then reads right. It reads {measured.clean:.1f}% of whole digits. {_trained(measured)}"
    )
    st.subheader("What is the encoder worth to a classifier?", anchor=False)
    st.markdown(worth(measured))
    with st.container(key="masked_classifiers"):
        st.markdown(classifiers(measured))
    st.caption(
        "Test errors in %, three draws of labels ± 95%. Frozen: a linear classifier on the mean token. Tuned: all "
        "weights learn. Other encoders: from the page Few labels."
    )


def verdict() -> str:
    """The number that proves it, in one sentence; "" where it was not measured."""
    try:
        measured = load()
    except AecoreError:
        return ""
    read = _mean(measured.fill[MASKED]["random"]["75"].read)
    return f"A judge reads {read:.0f}% of {measured.digits:,} digits right from a quarter, {measured.clean:.0f}% whole."


def takeaway(measured: Measured) -> str:
    """Whether a quarter is enough, beside whom, and where it is not: from the numbers alone."""
    read = {name: _mean(measured.fill[name]["random"]["75"].read) for name in NAMES}
    psnr = {name: _mean(measured.fill[name]["random"]["75"].psnr) for name in NAMES}
    block = _mean(measured.fill[MASKED]["block"]["75"].read)
    text = (
        f"**From a quarter of the patches the judge reads {read[MASKED]:.0f}% of {measured.digits:,} digits right**, "
        f"{measured.clean:.0f}% whole, {read[BLACK]:.0f}% with the rest left black. "
    )
    gap = psnr[MASKED] - psnr[UNET]
    versus = "ahead of" if gap > LEVEL_DB else "behind" if gap < -LEVEL_DB else "level with"
    text += (
        f"By error it is {versus} a U-Net trained on such masks, too ({psnr[MASKED]:.1f} against {psnr[UNET]:.1f} dB). "
    )
    if psnr[MASKED] < BAR_DB:
        text += f"We aimed for {BAR_DB} dB, which it misses. "
    if read[MASKED] - block > LEVEL_READ:
        left = _mean(measured.fill[BLACK]["block"]["75"].read)
        more = f", no better than left black ({left:.0f}%)" if block <= left + LEVEL_READ else ""
        text += f"But what is seen must be scattered: with one block of the same size hidden it is {block:.0f}%{more}."
    else:
        text += f"Hiding one block of the same size costs no more: {block:.0f}%."
    return text


def guesses(measured: Measured, way: str) -> str:
    """The methods at each share as a table."""
    head = " | ".join(f":small[{share:.0%} hidden]" for share in SHARES)
    lines = [f"| | {head} |", "|---|" + "--:|" * len(SHARES)]
    for name, label in NAMES.items():
        cells = [measured.fill[name][way][percent(share)] for share in SHARES]
        text = f"**{label}**" if name == MASKED else label
        lines.append(f"| :small[{text}] | {' | '.join(f':small[{_cell(cell)}]' for cell in cells)} |")
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    return f"{_mean(cell.psnr):.1f} ± {(cell.high - cell.low) / 2:.1f} dB, {_mean(cell.read):.0f}% read"


def _trained(measured: Measured) -> str:
    """What the networks cost, and how often they were trained."""
    own, unet = (f"{measured.weights[name]:,} weights after {measured.epochs[name]} epochs" for name in (MASKED, UNET))
    times = len(measured.fill[MASKED]["random"]["75"].psnr)
    often = "Each was trained once" if times == 1 else f"Means of {times} trainings"
    return f"{often}: the masked autoencoder has {own}, the U-Net {unet}."


def worth(measured: Measured) -> str:
    """What pretraining by hiding is worth, or that it is not."""
    tuned = {name: {n: _mean(errors) for n, errors in rows.items()} for name, rows in measured.tuned.items()}
    parts = []
    for labels in LABELS:
        best = min((name for name in tuned if name != FRESH), key=lambda name: tuned[name][labels])
        gain = tuned[FRESH][labels] - tuned[best][labels]
        verdict = "helps" if gain > LEVEL_ERROR else "hurts" if gain < -LEVEL_ERROR else "changes nothing"
        parts.append(
            f"with {int(labels):,} labels it {verdict} ({tuned[best][labels]:.1f}% errors, {tuned[FRESH][labels]:.1f}% "
            "from scratch)"
        )
    text = "; ".join(parts)
    return f"**As a start for a classifier:** {text}. The lecture warns that transformers overfit when data are few."


def classifiers(measured: Measured) -> str:
    """Encoders, frozen and tuned, as a table."""
    head = " | ".join(f":small[{way}, {int(labels):,}]" for way in ("frozen", "tuned") for labels in LABELS)
    lines = [f"| | {head} |", "|---|" + "--:|" * 4]
    for name, label in SOURCES.items():
        if name not in measured.frozen or name not in measured.tuned:
            continue
        rows = [errors[name][labels] for errors in (measured.frozen, measured.tuned) for labels in LABELS]
        text = f"**{label}**" if name == MASKED else label
        lines.append(f"| :small[{text}] | {' | '.join(f':small[{_scored(row)}]' for row in rows)} |")
    for name, label in OTHERS.items():
        if (rows := _others(name)) is not None:
            lines.append(f"| :small[{label}] | {' | '.join(f':small[{row}]' for row in rows)} |")
    return "\n".join(lines)


def _others(name: str) -> list[str] | None:
    """An encoder of the page Few labels: frozen; and tuned, which only the stack was."""
    try:
        errors = few_labels.load().errors
    except AecoreError:
        return None
    if name not in errors:
        return None
    tuned = errors[few_labels.TUNED] if name == few_labels.STACK else {}
    return [_scored(errors[name][labels]) for labels in LABELS] + [
        _scored(tuned[labels]) if labels in tuned else "–" for labels in LABELS
    ]


def _scored(errors: list[float]) -> str:
    mean, half = interval(errors, 10_000)
    return f"{mean:.1f} ± {half:.1f}"


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)
