"""A page's thread of prose, and terms that explain themselves: by hover, by focus, by a tap.

A page's texts stand in its story.py, with the visitor's own numbers in them; `[[PSNR]]` in a text, or `[[prior|the
prior]]`, is a term of ui/glossary.py. Any Markdown of Streamlit can have such terms: see `marked`.
"""

import re

import streamlit as st

from ui.component import component
from ui.glossary import explain

WIDTH = 760  # px; longer lines are hard to read
_TERM = re.compile(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]")

_TERMS = component("ui/teach/terms", html="<span></span>", isolated=False)


def show(text: str) -> None:
    """Two to four sentences between two figures. Raises: KeyError: a term that the glossary does not have."""
    st.markdown(marked(text), width=WIDTH)


def marked(text: str) -> str:
    """The text with its terms as Markdown that terms.js explains, each where it comes first. Raises: as `show`."""
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        name, words = match[1], match[2] or match[1]
        if name in seen:
            return words
        seen.add(name)
        return f'[{words}](#term "{explain(name).replace(chr(34), "”")}")'

    return _TERM.sub(mark, text)


def mount() -> None:
    """Let the terms of this page explain themselves; it shows nothing by itself."""
    _TERMS(key="teach_terms")
