"""The list of models: what each is, and the one number that says how good it is."""

import streamlit as st

from aecore.checkpoints import Card, Metric
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.models import FAMILIES
from aecore.recipes import RECIPES
from ui.theme import badge_color


def show(engine: Engine) -> None:
    """A grid of cards, one a model, in the recipes' order; models that are missing are named below."""
    missing = []
    names = [name for name in RECIPES if name in engine.names()]
    names += [name for name in engine.names() if name not in RECIPES]
    with st.grid(4, min_column_width=250, gap="small"):
        for name in names:
            try:
                card = engine.card(name)
            except AecoreError as error:
                missing.append(str(error))
                continue
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(card)
    untrained = [name for name in RECIPES if name not in engine.names()]
    if untrained:
        missing.append(f"Not here yet: {', '.join(untrained)}. Train one with `python -m aecore train {untrained[0]}`.")
    for line in missing:
        st.caption(f":material/info: {line}")


def headline(card: Card) -> tuple[str, str]:
    """(number with unit, definition and which way is better) of a card; empty strings if nothing was measured."""
    for name in FAMILIES[card.family].headline:
        if name in card.metrics:
            metric = card.metrics[name]
            return with_unit(metric), f"{metric.definition} ({metric.better} is better)"
    return "", ""


def with_unit(metric: Metric) -> str:
    """A measured number with its unit and as many digits as mean something."""
    digits = 4 if abs(metric.value) < 1 else 1 if abs(metric.value) < 1000 else 0
    return f"{metric.value:,.{digits}f} {metric.unit}".strip()


def _card(card: Card) -> None:
    badge = f":{badge_color(card.kind)}-badge[{FAMILIES[card.family].badge_of(card.config)}]"
    st.markdown(f"**{card.title}** {badge}", help=f"`{card.name}`, {card.parameters:,} parameters")
    st.caption(card.summary)
    value, definition = headline(card)
    if value:
        st.markdown(f"#### {value}")
        st.caption(definition)
