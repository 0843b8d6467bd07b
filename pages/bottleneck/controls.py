"""The Bottleneck page's further settings: which letter, and which static. Both live in the URL."""

import streamlit as st

from aecore.data.strangers import LETTERS
from pages.bottleneck.stage import FIRST_LETTER
from ui.input.more import more
from ui.input.seed import seed_input

LETTER, SEED = "bottleneck_letter", "bottleneck_seed"


def strangers() -> tuple[str, int]:
    """The letter, and the seed of the static."""
    with more("bottleneck") as says:
        letter = st.selectbox(
            "Letter", list(LETTERS), LETTERS.index(FIRST_LETTER), key=LETTER, bind="query-params", width=140
        )
        seed = seed_input("Static", SEED, first=0)
        if letter != FIRST_LETTER:
            says(f"letter {letter}")
    return letter, seed
