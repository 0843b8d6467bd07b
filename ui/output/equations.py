"""What the pages' equations share: the source that ran, and the card of the model that ran it."""

import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from aecore.checkpoints import Card
from ui.output.model_cards import with_unit


def show_source(*functions: Callable) -> None:
    """Print the very code that ran, without the indentation that a method has in its class."""
    for function in functions:
        st.code(inspect.cleandoc("\n" + inspect.getsource(function)), language="python", wrap_lines=True)


def show_script(path: Path, *functions: str) -> None:
    """Print functions or methods of a JavaScript module, the very text that the browser runs."""
    source = path.read_text(encoding="utf-8")
    for function in functions:
        (whole,) = re.findall(rf"^ *(?:export function )?{function}\(.*?^(?: {{2}})?}}$", source, re.M | re.S)[:1]
        st.code(textwrap.dedent(whole).removeprefix("export "), language="javascript", wrap_lines=True)


def card_text(card: Card) -> str:
    """A model's card as Markdown: what it is, how it was trained, what it measured."""
    arrows = {"lower": "lower is better", "higher": "higher is better"}
    lines = [card.summary, "", f"{card.parameters:,} parameters."]
    lines += [
        f"- **{with_unit(metric)}** {metric.definition} ({arrows.get(metric.better, metric.better)})"
        for metric in card.metrics.values()
    ]
    return "\n".join(lines)
