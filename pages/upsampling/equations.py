"""Upsampling under the hood: sizes and sums with the grid's numbers, the source that ran, the cards."""

from pathlib import Path

import streamlit as st

from aecore.engine import Engine
from aecore.models.upsampled import Nearest, Transposed, Unpooling, Upsampled
from aecore.recipes import UPSAMPLED
from aecore.upsampling.checkerboard import overlap, period_two, side_after
from pages.upsampling.grid import SIDE, Settings
from ui import serving
from ui.output.equations import card_text, show_script, show_source

_GRID = Path(__file__).parent / "grid" / "arithmetic.js"
_SPECTRUM = Path(__file__).parent / "decoders" / "spectrum.js"


def show(engine: Engine, settings: Settings) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _sum(settings)
        _period()
        st.markdown("**3. The decoders**, each twice in a network that is otherwise the same:")
        show_source(Nearest.forward, Unpooling.forward, Transposed.__init__, Upsampled.raw)
    with right:
        for name in serving.available(engine, *UPSAMPLED):
            st.markdown(f"**{engine.card(name).title}**")
            st.markdown(card_text(engine.card(name)))


def _sum(settings: Settings) -> None:
    kernel, stride, padding = settings.kernel, settings.stride, settings.padding
    side = side_after(SIDE, kernel, stride, padding)
    st.markdown("**1. A transposed convolution.** Each input paints the kernel, `stride` cells apart; overlaps add up:")
    st.latex(
        r"y_{ij} = \sum_{m, n} x_{mn}\, w_{\,i + p - s m,\; j + p - s n}, \qquad "
        rf"\text{{side}} = (4 - 1)\, s - 2 p + k = 3 \cdot {stride} - 2 \cdot {padding} + {kernel} = {side}"
    )
    st.markdown("As many inputs reach a cell as there are such weights; with ones everywhere the sum is that count:")
    counts = overlap(SIDE, kernel, stride, padding)
    st.latex(
        r"c_{ij} = \#\{(m, n) : 0 \le i + p - s m < k,\; 0 \le j + p - s n < k\} \in \{"
        + ", ".join(map(str, counts.unique().tolist()))
        + r"\}"
    )
    show_script(_GRID, "sideAfter", "transposedRow", "bilinearRow", "unpooled", "enlarge", "inside")
    show_source(overlap)


def _period() -> None:
    st.markdown(
        "**2. Energy at period 2.** What changes sign with every row or column, as a share of all but the mean's:"
    )
    st.latex(
        r"E_2 = \frac{\sum_{u = H/2 \,\vee\, v = W/2} |X_{uv}|^2}{\sum_{(u, v) \ne (0, 0)} |X_{uv}|^2}, \qquad "
        r"\sum_v |X_{H/2,\, v}|^2 = W \sum_j \Bigl(\sum_i (-1)^i x_{ij}\Bigr)^2"
    )
    show_script(_SPECTRUM, "periodTwo")
    show_source(period_two)
