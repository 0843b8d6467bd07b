"""A slider that says what its value means: "Strength: sd 0.50" over 50 %."""

from collections.abc import Callable

import streamlit as st


def described_slider(
    name: str,
    describe: Callable[[float], str],
    high: float,
    default: float,
    step: float,
    key: str,
    help: str = "",  # noqa: A002 as Streamlit calls it
) -> float:
    """A share from 0 to `high`, bound to the URL, under a line that describes it.

    The line is written after the slider has said its value: a label would be written before, and on a page's first run
    nobody knows yet what a link or the visitor's history sets.

    Args: name: of the slider; describe: what a value means physically; help: what the strength is about.
    """
    with st.container(gap="xxsmall", width="stretch"):
        line = st.empty()
        value = st.slider(
            name, 0.0, high, default, step, key=key, bind="query-params", format="percent",
            label_visibility="collapsed", width="stretch",
        )  # fmt: skip
        line.markdown(f":small[{name}: {describe(value)}]", help=help or None)
    return value
