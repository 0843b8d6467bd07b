"""What twenty seeds a setting found, measured beforehand: one training says little."""

import streamlit as st

from aecore.gans import ring
from aecore.gans.ring import SEEDS, Measured, Twenty, wilson
from pages.gans.controls import NAMES
from ui.output import tables

HEADS = {
    "ring": "Ring",
    "three critic steps": "Ring, three critic steps",
    "slow critic": "Ring, critic ten times slower",
    "grid": "Grid",
}


def show(measured: Measured) -> None:
    """A sentence and the table."""
    st.markdown(takeaway(measured))
    with st.container(key="gans_twenty_table"):
        st.markdown(markdown(measured))
    st.caption(
        f"Seeds of {SEEDS} whose samples found all modes after {ring.STEPS:,} steps, and those that found a quarter or "
        "fewer. With 20 seeds, half of them has a 95% interval of 30 to 70%. Run 20 seeds on the board to check."
    )


def of(measured: Measured, setting: str) -> dict[str, Twenty]:
    """A setting's rows, by game."""
    return {row.recipe.game: row for row in measured.rows[setting]}


def takeaway(measured: Measured) -> str:
    """Whether the textbook's ranking of losses holds here; from the numbers alone."""
    rows, slow = of(measured, "ring"), of(measured, "slow critic")
    minimax, steep = rows["minimax"], rows["non-saturating"]
    if _apart(minimax, steep):
        better = minimax.whole > steep.whole
        text = (
            f"**On the ring {'minimax beats' if better else 'non-saturating beats minimax'}"
            f"{' non-saturating, against the textbook' if better else ', as the textbook says'}**: "
            f"all 8 modes from {minimax.whole} and {steep.whole} of {SEEDS} seeds. "
        )
    else:
        text = (
            f"**On the ring, minimax and non-saturating differ less than {SEEDS} seeds can show**: all 8 modes from "
            f"{minimax.whole} and {steep.whole} of them. "
        )
    more = of(measured, "three critic steps")
    gp, div = (f"{rows[game].whole} and {more[game].whole}" for game in ("wgan-gp", "wgan-div"))
    text += f"WGAN-GP (λ = 0.1) finds all from {gp} with one and three critic steps, WGAN-div from {div}. "
    (stiff,) = measured.rows["stiff"]
    text += f"With λ = 10, as for pictures, WGAN-GP does from {stiff.whole}. "
    return text + (
        f"With a slow critic, non-saturating falls to a quarter or fewer in {slow['non-saturating'].collapsed} seeds, "
        f"WGAN-div in {slow['wgan-div'].collapsed}."
    )


def _apart(one: Twenty, other: Twenty) -> bool:
    (low, high), (below, above) = (wilson(row.whole, SEEDS) for row in (one, other))
    return high < below or above < low


def markdown(measured: Measured) -> str:
    """A row a game, a column a setting."""
    rows = (
        (f"**{name}**", *(_cell(of(measured, setting).get(game)) for setting in HEADS)) for game, name in NAMES.items()
    )
    return tables.markdown(("", *HEADS.values()), rows)


def _cell(row: Twenty | None) -> str:
    if row is None:
        return "–"
    return f"all {row.all}: {row.whole}" + (f", few: {row.collapsed}" if row.collapsed else "")
