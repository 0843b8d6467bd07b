"""The Bottleneck page's further settings: which letter, and which static. Both live in the URL."""

import streamlit as st

from aecore.data.strangers import LETTERS
from pages.bottleneck.stage import FIRST_LETTER
from ui.glossary import explain

LETTER, SEED = "bottleneck_letter", "bottleneck_seed"


def strangers() -> tuple[str, int]:
    """The letter, and the seed of the static."""
    with st.popover("More settings", icon=":material/tune:"):
        letter = st.selectbox(
            "Letter", list(LETTERS), LETTERS.index(FIRST_LETTER), key=LETTER, bind="query-params", width=140
        )
        seed = st.number_input("Static", 0, 9999, 0, key=SEED, bind="query-params", help=explain("seed"), width=140)
    return letter, seed
