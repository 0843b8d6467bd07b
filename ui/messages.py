"""The one place where an error becomes words: what people may read is shown, anything else is logged."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from aecore.errors import AecoreError

log = logging.getLogger("autoencoder_lab")


@contextmanager
def shown() -> Iterator[None]:
    """Run a part of a page; an error inside becomes a message in its place, never a traceback.

    Streamlit's own control flow (stop, rerun) derives from BaseException and passes through.
    """
    try:
        yield
    except AecoreError as error:
        st.warning(str(error), icon=":material/info:")
    except Exception:
        log.exception("A part of the page failed")
        st.error(
            "This part of the page failed, and the details were logged. Reload the page, or try another setting.",
            icon=":material/error:",
        )


def missing(problems: dict[str, str]) -> None:
    """Say kindly which models cannot be shown, name -> reason."""
    for reason in problems.values():
        st.caption(f":material/info: {reason}")
