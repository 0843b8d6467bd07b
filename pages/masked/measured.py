"""The Masked page's evidence: guesses over a thousand digits, and what the encoder is worth to a classifier."""

from statistics import fmean

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
    LONGER,
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
from ui import messages
from ui.input.choice import choice
from ui.output import tables

NAMES = {
    MASKED: "Masked autoencoder",
    UNET: "U-Net, trained on these masks",
    SHIPPED: "The lab's inpainter, trained on other holes",
    BIHARMONIC: "Biharmonic",
    MEAN: "The mean digit",
    BLACK: "Left black",
}
WAYS = {"random": "At random", "block": "One block"}
SOURCES = {MASKED: "Masked", NORMALISED: "Masked for longer, patches normalised", FRESH: "Not trained"}
OTHERS = {"hashing": "Semantic hashing", "ae-conv": "Convolutional autoencoder", "stack": "Stacked denoiser"}
NARROW = "\u202f"  # a space at which no line is broken
LEVEL_DB, LEVEL_READ, LEVEL_ERROR = 0.1, 1.0, 0.3  # dB, percentage points: smaller differences are none


def show(engine: Engine, measured: Measured) -> None:
    """A sentence, the table of guesses, another sentence, the table of classifiers."""
    messages.stale(measured.stale(engine), AGAIN)
    st.markdown(takeaway(measured))
    way = choice("Hidden", list(WAYS), default="random", format_func=WAYS.get, key="masked_table_way")
    with st.container(key="masked_table"):
        st.markdown(guesses(measured, way))
    st.caption(
        f"dB over all hidden pixels of {measured.digits:,} test digits, ± 95% over digits, and the share that the "
        f"judge then reads right: {measured.clean:.1f}% of whole digits. {_trained(measured)}"
    )
    st.subheader("What is the encoder worth to a classifier?", anchor=False)
    st.markdown(worth(measured))
    with st.container(key="masked_classifiers"):
        st.markdown(classifiers(measured))
    st.caption(
        "Test errors in %, three draws of labels ± 95%. Frozen: a linear classifier on the mean token. Tuned: all "
        "weights learn. Other encoders: from the page Few labels."
    )


def at_hand() -> Measured | None:
    """The table; None where nothing was measured."""
    try:
        return load()
    except AecoreError:
        return None


def verdict() -> str:
    """The number that proves it, in one sentence; "" where it was not measured."""
    if (measured := at_hand()) is None:
        return ""
    read = fmean(measured.fill[MASKED]["random"]["75"].read)
    return f"A judge reads {read:.0f}% of {measured.digits:,} digits right from a quarter, {measured.clean:.0f}% whole."


def takeaway(measured: Measured) -> str:
    """Whether a quarter is enough, beside whom, and where it is not: from the numbers alone."""
    read = {name: fmean(measured.fill[name]["random"]["75"].read) for name in NAMES}
    psnr = {name: fmean(measured.fill[name]["random"]["75"].psnr) for name in NAMES}
    block = fmean(measured.fill[MASKED]["block"]["75"].read)
    text = (
        f"**From a quarter of the patches the judge reads {read[MASKED]:.0f}% of {measured.digits:,} digits right**, "
        f"{measured.clean:.0f}% whole, {read[BLACK]:.0f}% with the rest left black. "
        f"By error it is {_versus(psnr[MASKED] - psnr[UNET])} a U-Net trained on such masks, too "
        f"({psnr[MASKED]:.1f} against {psnr[UNET]:.1f} dB), and {_versus(psnr[MASKED] - psnr[SHIPPED])} the lab's "
        f"inpainter, trained on other holes ({psnr[SHIPPED]:.1f} dB, {read[SHIPPED]:.0f}% read). "
    )
    if read[MASKED] - block > LEVEL_READ:
        left = fmean(measured.fill[BLACK]["block"]["75"].read)
        more = f", no better than left black ({left:.0f}%)" if block <= left + LEVEL_READ else ""
        text += f"But what is seen must be scattered: with one block of the same size hidden it is {block:.0f}%{more}."
    else:
        text += f"Hiding one block of the same size costs no more: {block:.0f}%."
    return text


def _versus(gap: float) -> str:
    return "ahead of" if gap > LEVEL_DB else "behind" if gap < -LEVEL_DB else "level with"


def guesses(measured: Measured, way: str) -> str:
    """The methods at each share as a table."""
    rows = []
    for name, label in NAMES.items():
        cells = (_cell(measured.fill[name][way][percent(share)]) for share in SHARES)
        rows.append((f"**{label}**" if name == MASKED else label, *cells))
    return tables.markdown(("", *(f"{share:.0%} hidden" for share in SHARES)), rows)


def _cell(cell: Cell) -> str:
    return f"{fmean(cell.psnr):.1f}{NARROW}±{NARROW}{(cell.high - cell.low) / 2:.1f} · {fmean(cell.read):.0f}%"


def _trained(measured: Measured) -> str:
    """What the networks cost, and how far trainings differ."""
    own, unet = (f"{measured.weights[name]:,} weights after {measured.epochs[name]} epochs" for name in (MASKED, UNET))
    often = f"The masked autoencoder has {own}, the U-Net {unet}"
    trained = {name: measured.fill[name]["random"]["75"].psnr for name in (MASKED, LONGER) if name in measured.fill}
    reached = [
        f"{len(psnr)} for {measured.epochs[name]} epochs reach {min(psnr):.2f} to {max(psnr):.2f} dB"
        for name, psnr in trained.items()
        if len(psnr) > 1
    ]
    return f"{often}. " + (f"Of its trainings, with 75% hidden, {', '.join(reached)}." if reached else "")


def worth(measured: Measured) -> str:
    """What pretraining by hiding is worth, or that it is not."""
    tuned = {name: {n: fmean(errors) for n, errors in rows.items()} for name, rows in measured.tuned.items()}
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
    return (
        f"**As a start for a classifier:** {text}. {frozen(measured)} The lecture warns that transformers overfit when "
        "data are few."
    )


def frozen(measured: Measured) -> str:
    """Whether another encoder's code, as it is, is better: beside the best one."""
    rivals = {label: errors for name, label in OTHERS.items() if (errors := _others(name))}
    if not rivals:
        return ""
    best = min(rivals, key=lambda label: fmean(rivals[label][LABELS[0]]))
    pairs = {n: (fmean(rivals[best][n]), fmean(measured.frozen[MASKED][n])) for n in LABELS}
    ahead = [n for n, (rival, own) in pairs.items() if rival < own - LEVEL_ERROR]
    if not ahead:
        own, rival = (" and ".join(f"{pair[i]:.1f}%" for pair in pairs.values()) for i in (1, 0))
        return f"**Frozen, its code is the best here**: {own} errors; {best.lower()} comes next with {rival}."
    text = ", ".join(f"{rival:.1f}% against {own:.1f}% with {int(n):,} labels" for n, (rival, own) in pairs.items())
    verdict = "is better" if len(ahead) == len(pairs) else "is better with few labels"
    return f"**Frozen, {best.lower()}'s code {verdict}**: {text}."


def classifiers(measured: Measured) -> str:
    """Encoders, frozen and tuned, as a table."""
    head = ("", *(f"{way}, {int(labels):,}" for way in ("frozen", "tuned") for labels in LABELS))
    rows = []
    for name, label in SOURCES.items():
        if name not in measured.frozen or name not in measured.tuned:
            continue
        scores = (_scored(errors[name][labels]) for errors in (measured.frozen, measured.tuned) for labels in LABELS)
        rows.append((f"**{label}**" if name == MASKED else label, *scores))
    for name, label in OTHERS.items():
        if errors := _others(name):
            tuned = few_labels.load().errors[few_labels.TUNED] if name == few_labels.STACK else {}
            last = (_scored(tuned[labels]) if labels in tuned else "–" for labels in LABELS)
            rows.append((label, *(_scored(errors[labels]) for labels in LABELS), *last))
    return tables.markdown(head, rows)


def _others(name: str) -> dict[str, list[float]]:
    """Errors of an encoder of the page Few labels, frozen: labels -> one a draw; {} where nothing was measured."""
    try:
        return few_labels.load().errors.get(name, {})
    except AecoreError:
        return {}


def _scored(errors: list[float]) -> str:
    mean, half = interval(errors, 10_000)
    return f"{mean:.1f} ± {half:.1f}"
