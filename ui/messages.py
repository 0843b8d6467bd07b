"""The one place where an error becomes words: what people may read is shown, the rest is logged."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from aecore.errors import AecoreError
from ui import url
from ui.log import report


@contextmanager
def shown() -> Iterator[None]:
    """Run a part of a page; an error inside becomes a message in its place, never a traceback.

    Streamlit's own control flow (stop, rerun) derives from BaseException and passes through.
    """
    try:
        yield
    except AecoreError as error:
        st.warning(str(error), icon=":material/info:")
    except Exception as error:
        report(error)
        st.error(
            "This part of the page failed, and the details were logged. Reload the page, or try another setting.",
            icon=":material/error:",
        )


def fragment(
    key: str | None = None, run_every: float | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As st.fragment, for a part of a page: an error in it becomes a message in its place, also when it runs alone."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def guarded(*args: object, **kwargs: object) -> None:
            with shown():
                function(*args, **kwargs)

        return st.fragment(guarded, key=key, run_every=run_every)

    return decorate


def instead(error: Exception) -> None:
    """Where a page cannot be shown at all: a sentence and a way out in its place."""
    if isinstance(error, AecoreError):
        st.warning(str(error), icon=":material/info:")
        return
    report(error)
    st.error(
        "This page cannot be shown with these settings, and the details were logged. Start over with its own.",
        icon=":material/error:",
    )
    st.button("Start over", icon=":material/restart_alt:", on_click=_start_over, key="start_over")


def before_the_script(error: Exception) -> bool:
    """For the app's on_script_error: what fails before a page's own code runs, as a widget's value of another type.

    Returns: whether the visitor has been told, so that Streamlit need not show its own box.
    """
    report(error, "A run failed before its page began")
    st.error(
        "This page was sent something that it cannot read, and the details were logged. Reload it.",
        icon=":material/error:",
    )
    return True


def missing(problems: dict[str, str]) -> None:
    """Say kindly which models cannot be shown, name -> reason."""
    for reason in problems.values():
        st.caption(f":material/info: {reason}")


def stale(networks: list[str], command: str) -> None:
    """A line where saved figures are of other networks than those here. command: measures them again."""
    if networks:
        others = " and another ".join(networks)
        st.caption(f":material/info: Measured on another {others} than the one here. Measure again with: `{command}`.")


def _start_over() -> None:
    url.drop(list(st.query_params))
    for key in list(st.session_state):
        del st.session_state[key]
