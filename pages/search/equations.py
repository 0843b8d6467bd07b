"""Search under the hood: the equations with this digit's numbers, the source that ran, the card."""

import streamlit as st

from aecore.engine import Engine
from aecore.models.hashing import Hashing
from aecore.retrieval import bits, scores
from aecore.retrieval.base import NETWORK, look_up
from pages.search.stage import Lookup
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, lookup: Lookup) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    card = engine.card(NETWORK)
    with left:
        _code(lookup, card.config)
        _distance(lookup)
        _itq()
        st.markdown("**4. How good are the hits?** " + explain("average precision"))
        st.latex(
            r"\mathrm{AP} = \frac{\sum_{i \le 1000} r_i\, P_i}{\sum_{i \le 1000} r_i}, \qquad "
            r"P_i = \tfrac1i \textstyle\sum_{j \le i} r_j, \qquad r_i = 1 \text{ for a hit of the right class}"
        )
        show_source(scores.average_precision)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))


def _code(lookup: Lookup, config: dict) -> None:
    st.markdown("**1. Bits.** One number for each, normalised over many digits; its sign is the bit. For your digit:")
    first = ", ".join(f"{float(value):.2f}" for value in lookup.a[:4])
    st.latex(
        rf"a = \frac{{f(x) - \mu}}{{\sigma}} = ({first}, \ldots), \qquad b_j = [a_j > 0] = "
        rf"({', '.join(str(int(value > 0)) for value in lookup.a[:4])}, \ldots)"
    )
    st.markdown(
        "In training noise comes before a steep tanh, late and slowly. Only numbers far from 0 survive it, so cutting "
        "them at 0 loses little:"
    )
    st.latex(
        rf"h = \tanh\bigl({config['steepness']:g}\,(a + s\,\varepsilon)\bigr), \quad \varepsilon \sim N(0, I), \quad "
        rf"s: 0 \to {config['noise']:g}, \qquad "
        r"\min\ -\textstyle\sum_i x_i \log \hat x_i + (1 - x_i) \log (1 - \hat x_i)"
    )
    show_source(Hashing.features, Hashing.loss, Hashing._noisy)


def _distance(lookup: Lookup) -> None:
    st.markdown("**2. Search.** " + explain("Hamming distance"))
    length = lookup.settings.length
    st.latex(
        rf"d(b, b') = \operatorname{{popcount}}(b \oplus b') = {lookup.hits.distance[0]} "
        rf"\text{{ for the nearest}}, \qquad d \approx {length // 2} \text{{ for two random codes of }} {length}"
    )
    show_source(bits.hamming, bits.nearest, look_up)


def _itq() -> None:
    st.markdown("**3. The classical rival.** PCA's axes, turned until the corners of the cube fit the digits (ITQ):")
    st.latex(
        r"\min_{R^\top R = I,\ B} \lVert B - V R \rVert_F^2: \qquad B = \operatorname{sign}(V R), \qquad "
        r"B^\top V = U S W^\top \Rightarrow R = W U^\top"
    )
    show_source(bits.itq)
