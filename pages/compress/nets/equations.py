"""Small nets under the hood: which weights go, how values are shared, what the bytes hold, and the code that did it."""

import streamlit as st

from aecore.compression import huffman, packed, pruning, sharing
from aecore.compression.small_nets import WAY, Level, Measured
from ui.glossary import explain
from ui.output.equations import show_source

SOURCES = (
    "Sources: “Autoencoders (AEs)”, lecture slides (deep compression); "
    "[Han, Mao & Dally 2016](https://arxiv.org/abs/1510.00149) (prune, share, code); "
    "[Lee et al. 2021](https://arxiv.org/abs/2010.07611) (LAMP: which weights go); "
    "[Huffman 1952](https://doi.org/10.1109/JRPROC.1952.273898)."
)


def show(measured: Measured, name: str, level: Level) -> None:
    """Fill the expander."""
    row, parts = measured.rows[name][level.key], measured.parts[name][level.key]
    st.markdown("**1. Prune.** " + explain("pruning") + " Over all layers together, the lowest scores go:")
    st.latex(
        r"\operatorname{score}(w) = \frac{w^2}{\sum_{|v| \ge |w|} v^2} \quad \text{(sum over the weight's own layer)}"
    )
    show_source(pruning.lamp, pruning.prune)
    st.markdown("**2. Train on**, what is 0 held at 0; then prune more, and again. " + way_to(name, level))
    show_source(pruning.fit_masked)
    st.markdown(
        f"**3. Share.** In each layer k-means finds {2**level.bits} values $c_k$ for the weights that are left. They "
        "are trained on, too: a value's gradient is the sum over its weights."
    )
    st.latex(
        r"\min_c \sum_i \bigl(w_i - c_{k(i)}\bigr)^2, \qquad "
        r"\frac{\partial L}{\partial c_k} = \sum_{i:\, k(i) = k} \frac{\partial L}{\partial w_i}"
    )
    show_source(sharing.k_means, sharing.fit_shared)
    st.markdown("**4. Code.** Gaps between weights and places of values, each by a Huffman code of its layer:")
    where, which = (8 * part / row.weights for part in parts[:2])
    st.latex(
        rf"{row.weights:,} \text{{ weights}}, \quad {where:.1f} \text{{ bits where}} + {which:.1f} "
        r"\text{ bits which value, each}"
    )
    show_source(packed.pack, huffman.lengths)
    st.caption(SOURCES)


def way_to(name: str, level: Level) -> str:
    """Through which sparsities the way leads to a level."""
    steps = [f"{100 * at:g}%" for at in WAY[name] if at <= level.sparsity]
    return f"Here by way of {', '.join(steps)}."
