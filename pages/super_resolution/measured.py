"""The Super-resolution page's evidence: real 7s through both networks, all test digits a class, and the table."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.errors import AecoreError, DataError
from aecore.recipes import RECIPES
from aecore.restore import upscaling
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, LEFT_OUT, TRUTH, Measured, Score
from pages.super_resolution import figures, stage
from pages.super_resolution.stage import NETWORKS
from ui import messages
from ui.component import component
from ui.input.choice import choice
from ui.input.digit import all_test_digits, example_digit
from ui.output import tables
from ui.output.charts import show_chart
from ui.output.picture import pictures
from ui.output.try_next import lead, set_controls
from ui.output.verdict import a_digit
from ui.theme import kind_color

COLUMNS = 10
WHICH = ("At random", "Worst mistakes")
CLASS, SAMPLE = "super_class", "super_sample"
OTHERS = tuple(digit for digit in range(10) if digit != LEFT_OUT)
NAMES = {FULL: "Trained on all digits", BIASED: f"Never saw a {LEFT_OUT}"}

_BOARD = component("pages/super_resolution/board/board", html='<div class="board" role="group"></div>')


@dataclass(frozen=True)
class Row:
    """A row of the board. x: (N, 1, 28, 28); reads, sure: (N,) the judge's, or None; dot: CSS background."""

    title: str
    note: str
    x: Tensor
    reads: list[int] | None = None
    sure: list[float] | None = None
    dot: str = ""


# ---- real digits, side by side


def board(engine: Engine, side: int, on_pick: Callable[[], None]) -> None:
    """Ten test digits of one class, drawn at random: the truth, the coarse pixels, and both networks' answers.

    Args: on_pick: called after a clicked digit was put on the stage.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit = choice("Class", list(range(10)), default=LEFT_OUT, key=CLASS, pills=True)
        which = choice(
            "Which", WHICH, default=WHICH[0], key="super_which",
            help="Drawn at random, or those of all test digits of the class where the judge's trust in the true class "
            "falls most from one network to the other.",
        )  # fmt: skip
        sample = 0
        if which == WHICH[0]:
            sample = st.number_input(
                "Sample", 0, 9999, 0, key=SAMPLE, bind="query-params", width=125,
                help="Fixes the draw: the same ten for everybody with this link.",
            )  # fmt: skip
            st.button("Ten others", icon=":material/shuffle:", on_click=_shuffle, key="super_others")
    places = _sample(digit, sample) if which == WHICH[0] else _misled(side, digit)
    x = torch.cat([example_digit(place) for place in places])
    x_low = upscaling.lower(x, side)
    rows = [
        Row("The truth", f"test digits, all {digit}s", x, *_judged(engine, x)),
        Row(f"{side} × {side} pixels", "what the networks get", upscaling.nearest(x_low)),
    ]
    for name in NETWORKS:
        try:
            recon = upscaling.upscale(engine, name, x_low)
        except AecoreError as error:
            messages.missing({name: str(error)})
            continue
        reads, sure = _judged(engine, recon)
        note = "" if reads is None else f"{reads.count(digit)} of {len(reads)} read as {digit}"
        rows.append(Row(NAMES[name], note, recon, reads, sure, stage.dot(name)))

    def pick(column: int) -> None:
        set_controls({"super_source": "example", "super_digit": places[column]})
        lead("super")  # the digit stands a screen above
        on_pick()

    _show(rows, digit, places, pick)
    st.caption("Click a digit to see it large, above. Red: the judge reads another digit.")


def _shuffle() -> None:
    st.session_state[SAMPLE] = (st.session_state[SAMPLE] + 1) % 10_000


def _sample(digit: int, sample: int) -> list[int]:
    """Indices of ten test digits of a class."""
    places = (all_test_digits()[1] == digit).nonzero()[:, 0]
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(sample))
    return places[order[:COLUMNS]].tolist()


def _misled(side: int, digit: int) -> list[int]:
    """Indices of the ten test digits of a class that the hole in the training misleads most."""
    misled = upscaling.load().misled
    if side not in misled:
        raise DataError(f"{side} × {side} pixels were not measured yet. Run: {upscaling.AGAIN}")
    return misled[side][digit]


def _judged(engine: Engine, x: Tensor) -> tuple[list[int] | None, list[float] | None]:
    try:
        sure, reads = engine.classify(x).max(1)
    except AecoreError:
        return None, None  # the stage has said so
    return reads.tolist(), sure.tolist()


def _show(rows: list[Row], digit: int, places: list[int], on_pick) -> None:
    key = "super_board"

    def picked() -> None:
        column = st.session_state[key].get("picked")  # comes from the browser
        if type(column) is int and 0 <= column < len(places):
            on_pick(column)

    data = {
        "label": f"Ten test digits of class {digit}, what is left of them, and what each network makes of that",
        "columns": places,
        "rows": [
            {
                "title": row.title,
                "note": row.note,
                "color": row.dot,
                "tiles": [_tile(row, i, digit) for i in range(len(places))],
                "pictures": pictures(row.x),
            }
            for row in rows
        ],
    }
    _BOARD(key=key, data=data, height="content", on_picked_change=picked)


def _tile(row: Row, place: int, digit: int) -> dict:
    if row.reads is None:
        return {"caption": "", "wrong": False, "alt": f"{row.title}: {a_digit(digit)}"}
    reads, percent = row.reads[place], f"{100 * row.sure[place]:.0f}%"
    alt = f"{row.title}: {a_digit(digit)}, the judge reads {reads}, {percent} sure"
    return {"caption": f"{reads} · {percent}", "wrong": reads != digit, "alt": alt}


# ---- all test digits


def measured(engine: Engine, side: int) -> None:
    """What the judge reads in all test digits, a class, from both networks; then every method in one table."""
    table = upscaling.load()
    if not {TRUTH, *NETWORKS} <= table.scores.get(side, {}).keys():
        raise DataError(f"{side} × {side} pixels were not measured yet. Run: {upscaling.AGAIN}")
    scores = table.scores[side]
    messages.stale(table.stale(engine), upscaling.AGAIN)
    head, body = conclusion(scores, side)
    st.markdown(f"### {head}")
    st.markdown(body)
    st.markdown(fewer_pixels(table))
    agreement = [[100 * scores[name].agreement([y]) for y in range(10)] for name in NETWORKS]
    color = kind_color(RECIPES[FULL].kind)
    charts = (
        ("agreement", "Read right by the judge, %, higher is better", agreement),
        ("psnr", "PSNR in dB, higher is better", [scores[name].psnr for name in NETWORKS]),
    )
    for column, (name, title, values) in zip(st.columns(2), charts, strict=True):
        with column:
            show_chart(
                figures.dumbbells(values, [NAMES[n] for n in NETWORKS], title, LEFT_OUT, color),
                key=f"super_chart_{name}",
                alt=_alt(title, values),
            )
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown(f"**Every method on all {scores[TRUTH].count():,} test digits, from {side} × {side} pixels**")
        st.download_button(
            "Numbers", lambda: table_csv(table), "super-resolution.csv", "text/csv", on_click="ignore",
            icon=":material/download:", key="super_table_csv", help="Every method, class and size, as CSV",
        )  # fmt: skip
    _table(scores)


def conclusion(scores: dict[str, Score], side: int) -> tuple[str, str]:
    """A headline and a sentence about the bias, from the numbers alone."""
    truth, full, biased = (scores[name] for name in (TRUTH, FULL, BIASED))
    n = truth.count([LEFT_OUT])
    lost = full.reads[LEFT_OUT][LEFT_OUT] - biased.reads[LEFT_OUT][LEFT_OUT]
    others = _gap(100 * biased.agreement(OTHERS), 100 * full.agreement(OTHERS))
    fewer = _gap(full.mean(full.psnr, [LEFT_OUT]), biased.mean(biased.psnr, [LEFT_OUT]))
    same = _gap(biased.mean(biased.psnr, OTHERS), full.mean(full.psnr, OTHERS))
    head = (
        f"Of {n:,} test 7s, {full.reads[LEFT_OUT][LEFT_OUT]:,} are still read as a 7 "
        f"from the network that knows them, {biased.reads[LEFT_OUT][LEFT_OUT]:,} from the one that does not."
    )
    taken = ", ".join(f"{a_digit(k)} ({count:,} times)" for k, count in biased.mistakes(LEFT_OUT)[:3])
    body = f"The others are taken for {taken}. " if taken else ""
    if lost < 0.02 * n:
        body = f"{body}At {side} × {side} pixels there is little left to guess. "
    body += (
        f"Without 7s in training a 7 loses {fewer:.1f} dB. The other nine classes, the control: "
        f"{_signed(same)} dB, {_signed(others)} points read right."
    )
    return head, body


def _gap(one: float, other: float) -> float:
    """Of two numbers as the table shows them."""
    return round(one, 1) - round(other, 1)


def fewer_pixels(table: Measured) -> str:
    """One sentence: what the hole in the training costs from each number of pixels."""
    pairs = {
        side: [100 * scores[name].agreement([LEFT_OUT]) for name in NETWORKS]
        for side, scores in sorted(table.scores.items(), reverse=True)
        if scores.keys() >= set(NETWORKS)
    }
    gaps = [full - biased for full, biased in pairs.values()]
    rule = "The fewer pixels, the more the training decides. " if len(gaps) > 1 and gaps == sorted(gaps) else ""
    parts = [f"{side} × {side}: {full:.1f} against {biased:.1f}%" for side, (full, biased) in pairs.items()]
    return f"{rule}7s read right, with and without 7s in training: {'; '.join(parts)}."


def _signed(value: float) -> str:
    """ "+0.8" or "−0.1", with a true minus; no sign before a zero."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def table_csv(table: Measured) -> str:
    """One row a side, method and class: digits, share read right, PSNR, SSIM, fit to the input."""
    rows = []
    for side, scores in table.scores.items():
        for name, score in scores.items():
            for y in range(10):
                numbers = [f"{means[y]:.4f}" if means else "" for means in (score.psnr, score.ssim, score.fits)]
                rows.append((side, name, y, score.count([y]), f"{score.agreement([y]):.4f}", *numbers))
    head = ("side", "method", "class", "digits", "read_right", "psnr_db", "ssim", "fits_db")
    return tables.comma_separated(head, rows)


def _table(scores: dict[str, Score]) -> None:
    groups = {"7s": [LEFT_OUT], "others": OTHERS}
    rows = []
    for name, score in scores.items():
        row = {"Method": NAMES.get(name) or (CLASSICAL[name].label if name in CLASSICAL else "The truth")}
        for group, classes in groups.items():
            row[f"Read right, {group}"] = 100 * score.agreement(classes)
        if score.psnr:
            for group, classes in groups.items():
                row[f"PSNR, {group}"] = score.mean(score.psnr, classes)
            for group, classes in groups.items():
                row[f"SSIM, {group}"] = score.mean(score.ssim, classes)
            row["Fits the input"] = score.mean(score.fits)
        rows.append(row)
    form = st.column_config.NumberColumn
    columns = {f"Read right, {group}": form(format="%.1f%%") for group in groups}
    columns |= {f"PSNR, {group}": form(format="%.1f dB") for group in groups}
    columns |= {f"SSIM, {group}": form(format="%.2f") for group in groups}
    columns["Fits the input"] = form(
        format="%.1f dB",
        help="PSNR between the coarse input and the answer averaged in the same way: does the answer agree with "
        "what was seen? 99 dB stands for a perfect fit.",
    )
    st.dataframe(rows, column_config=columns, hide_index=True, placeholder="–")


def _alt(title: str, values: list[list[float]]) -> str:
    full, biased = values
    rest = [sum(row[y] for y in OTHERS) / len(OTHERS) for row in values]
    return (
        f"{title}, by class. Class {LEFT_OUT}: {full[LEFT_OUT]:.1f} with it in training, {biased[LEFT_OUT]:.1f} "
        f"without; mean of the other classes: {rest[0]:.1f} and {rest[1]:.1f}."
    )
