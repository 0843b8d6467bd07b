"""A row of pictures to choose from: examples from the test set, or the digits found in a photo."""

from collections.abc import Callable, Sequence

import streamlit as st
from torch import Tensor

from ui.component import component
from ui.output.picture import picture

_PICKER = component("ui/input/picker/picker", html='<div class="picker" role="radiogroup"></div>')


def picker(
    label: str, digits: Sequence[tuple[str, Tensor]], selected: int, key: str, on_pick: Callable[[int], None]
) -> None:
    """Show pictures as a radio group.

    Args: label: for screen readers; digits: name and picture of each, as `ui.output.picture.picture` takes it;
          selected: index of the chosen one, -1 for none; on_pick: called with the new index before the rerun.
    """

    def picked() -> None:
        index = st.session_state[key].get("picked")
        if isinstance(index, int) and 0 <= index < len(digits):  # comes from the browser
            on_pick(index)

    names, pictures = [name for name, _ in digits], [picture(x) for _, x in digits]
    data = {"label": label, "names": names, "pictures": pictures, "selected": selected}
    _PICKER(key=key, data=data, on_picked_change=picked)
