"""What has just happened, in one line at one place of a page: "VAE-2 became a 2". Screen readers say it, politely.

The words come from ui/output/verdict. A strip and Inpaint's board have such a place of their own, their verdict.
"""

import html

import streamlit as st


def event(words: str) -> None:
    """Show what happened; where nothing did, the line is there without a place (parts.css), so that its next words are
    announced."""
    st.html(f'<p role="status" aria-live="polite" style="margin: 0">{html.escape(words)}</p>')
