"""Below the stages of Inpaint: every method over 1,000 test digits and each kind of mask, and what ran."""

import streamlit as st

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.restore import inpainting
from aecore.restore.compare import Comparison
from aecore.restore.inpainting import LECTURE, METHODS, Measured
from aecore.restore.masks import MASKS
from pages.inpaint import downloads, equations, figures
from pages.inpaint.mask_pad import KINDS
from pages.inpaint.search import Search
from ui.glossary import explain
from ui.input.choice import choice
from ui.output import tables
from ui.output.charts import show_chart
from ui.output.fold import under_the_hood

MEASURES = {"psnr_missing": "PSNR missing", "psnr": "PSNR all", "ssim": "SSIM", "reads_right": "Read right"}
UNITS = {"psnr_missing": "dB", "psnr": "dB", "ssim": "", "reads_right": "%"}
_TERMS = {"psnr_missing": "PSNR missing", "psnr": "PSNR", "ssim": "SSIM", "reads_right": "judge"}


def show(engine: Engine, comparison: Comparison, search: Search | None) -> None:
    """Draw what need not follow the hand."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("The same on 1,000 test digits", anchor=False)
        downloads.buttons(comparison, search)
    try:
        measured = inpainting.load(whole=True)
    except AecoreError as error:
        st.caption(f":material/info: {error}")
    else:
        _table(engine, measured, comparison.damage.like)
    under_the_hood("inpaint", lambda: equations.show(engine, comparison, search))


def _table(engine: Engine, measured: Measured, kind: str) -> None:
    st.markdown(takeaway(measured))
    measure = choice(
        "Measure",
        list(MEASURES),
        format_func=MEASURES.get,
        default="psnr_missing",
        key="inpaint_measure",
        label_visibility="collapsed",
    )
    st.caption(explain(_TERMS[measure]))
    st.caption(lecture_claim(measured))
    kinds = [name for name in MASKS if name in measured.holes]
    shown = kind if kind in kinds else kinds[0]
    left, right = st.columns([1, 1], gap="medium")
    with left:
        hole = measured.holes[shown]
        st.markdown(f"**{KINDS[shown]}, {hole.describe}**")
        values = {name: value(measured, shown, name, measure) for name in METHODS}
        bars = {name: number for name, number in values.items() if number is not None}
        chart = figures.bars(bars, UNITS[measure])
        alt = ", ".join(f"{METHODS[name].label} {written(number, measure)}" for name, number in bars.items())
        show_chart(chart, "inpaint_chart", f"{MEASURES[measure]}, {hole.describe}: {alt}.")
    with right:
        st.markdown("**Every kind of mask**")
        st.markdown(table(measured, kinds, measure))
        st.caption(
            f"{'; '.join(f'{KINDS[name]}: {measured.holes[name].describe}' for name in kinds)}. Means over the first "
            f"{measured.digits:,} test digits, the same masks for all; bold is best. Here the "
            f"search takes {measured.search['steps']} steps a digit from {_starts(measured.search['starts'])}. "
            "Made by `python -m benchmarks.restoration`."
        )
        stale = measured.stale(engine)
        if stale:
            st.caption(f":material/info: Measured with other checkpoints than those at hand: {', '.join(stale)}.")


def _starts(count: int) -> str:
    return "one start" if count == 1 else f"{count} starts"


def value(measured: Measured, kind: str, name: str, measure: str) -> float | None:
    """One number of the table, shares in percent; None where it was not measured."""
    score = measured.holes[kind].scores.get(name)
    number = None if score is None else getattr(score, measure)
    return None if number is None else 100 * number if measure == "reads_right" else number


def written(number: float | None, measure: str) -> str:
    """A number with as many digits as mean something."""
    return "–" if number is None else f"{number:.2f}" if measure == "ssim" else f"{number:.1f}"


def table(measured: Measured, kinds: list[str], measure: str) -> str:
    """Methods against kinds of mask as Markdown, the best of each kind in bold."""
    unit = f" ({UNITS[measure]})" if UNITS[measure] else ""
    head = (f":small[{name}]" for name in (MEASURES[measure] + unit, *(KINDS[kind] for kind in kinds)))
    rows = []
    columns = [[value(measured, kind, name, measure) for name in METHODS] for kind in kinds]
    for place, method in enumerate(METHODS.values()):
        cells = []
        for column in columns:
            text = written(column[place], measure)
            best = written(max((number for number in column if number is not None), default=None), measure)
            cells.append(f"**{text}**" if text == best and text != "–" else text)
        if any(cell != "–" for cell in cells):
            rows.append((f":small[{method.label}]", *cells))
    return tables.markdown(tuple(head), rows, small=False)


def lecture_claim(measured: Measured) -> str:
    """What the lecture says of its denoiser, held against the table: whom it beats on dropped pixels, and whom not."""
    own = value(measured, "dropout", LECTURE, "psnr") if "dropout" in measured.holes else None
    rivals = {name: value(measured, "dropout", name, "psnr") for name in METHODS if METHODS[name].model is None}
    if own is None or None in rivals.values():
        return ""
    said = {
        ahead: " and ".join(
            f"{METHODS[name].label} ({psnr:.1f})" for name, psnr in rivals.items() if (psnr < own) == ahead
        )
        for ahead in (True, False)
    }
    text = f"The lecture's denoiser ({own:.1f} dB over all pixels) "
    claim = "beats no classical method"
    if said[True]:
        claim = f"beats {said[True]} on dropped pixels, as the lecture claims"
    return text + claim + (f", but not {said[False]}." if said[False] else ".")


def takeaway(measured: Measured) -> str:
    """The table in a sentence: by how much the best learned method beats the best classical one, mask by mask."""
    parts = []
    for kind, hole in measured.holes.items():
        gains = {}
        for learned in (True, False):
            names = [name for name in METHODS if (METHODS[name].kind != "classical") == learned]
            numbers = [value(measured, kind, name, "psnr_missing") for name in names]
            gains[learned] = max((round(number, 1) for number in numbers if number is not None), default=None)
        if None not in gains.values():
            parts.append((gains[True] - gains[False], f"{KINDS[kind].lower()}, {hole.describe}"))
    if not parts:
        return "How far learned and classical methods lie apart on the missing pixels, mask by mask."
    words = [f"{gain:+.1f} dB ({name})".replace("-", "−") for gain, name in sorted(parts, reverse=True)]
    return f"Best learned against best classical method, on the missing pixels: {'; '.join(words)}."
