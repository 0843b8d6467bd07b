"""One of a few options, side by side: one of them is always chosen, whatever a link says."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from ui import url

Option = TypeVar("Option")


def choice(label: str, options: Sequence[Option], *, key: str, pills: bool = False, **settings: object) -> Option:
    """A segmented control, or pills, of which one option is always chosen, bound to the address.

    An empty value in a link would leave it without any, which Streamlit allows even where a choice is required: the
    control takes its default then.

    Args: key: of the widget and in the address; settings: as st.segmented_control has them.
    """
    if st.query_params.get(key) == "":
        url.drop([key])
    control = st.pills if pills else st.segmented_control
    chosen = control(label, options, key=key, bind="query-params", required=True, **settings)
    return settings.get("default", options[0]) if chosen is None else chosen  # what no browser of ours sends
