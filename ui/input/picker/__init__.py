"""A row of digits to choose from: examples from the test set, or the digits found in a photo."""

from collections.abc import Callable, Sequence

import streamlit as st
from torch import Tensor

from ui.component import component
from ui.output.picture import pixels

_PICKER = component("ui/input/picker/picker")


def picker(
    label: str, digits: Sequence[tuple[str, Tensor]], selected: int, key: str, on_pick: Callable[[int], None]
) -> None:
    """Show digits as a radio group.

    Args: label: for screen readers; digits: (name, 28 * 28 values in [0, 1]) of each; selected: index of the
          chosen one, -1 for none; on_pick: called with the new index before the rerun.
    """

    def picked() -> None:
        index = st.session_state[key].get("picked")
        if isinstance(index, int) and 0 <= index < len(digits):  # comes from the browser
            on_pick(index)

    tiles = [{"label": name, "pixels": pixels(x)} for name, x in digits]
    _PICKER(key=key, data={"label": label, "tiles": tiles, "selected": selected}, on_picked_change=picked)
