"""The list of models: what each is, and the one number that says how good it is."""

from collections.abc import Sequence

import streamlit as st

from aecore.checkpoints import Card, Metric
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.models import FAMILIES
from aecore.recipes import RECIPES
from ui.component import version
from ui.theme import badge_color


def show(engine: Engine) -> None:
    """A grid of cards, one a model, in the recipes' order; models that are missing are named below."""
    missing, cards = [], []
    names = [name for name in RECIPES if name in engine.names()]
    names += [name for name in engine.names() if name not in RECIPES]
    for name in names:
        try:
            cards.append(engine.card(name))
        except AecoreError as error:
            missing.append(str(error))
    with st.grid(4, min_column_width=250, gap="small"):
        for row in rows(cards):
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(row)
    untrained = [name for name, recipe in RECIPES.items() if recipe.shipped and name not in engine.names()]
    if untrained:
        missing.append(f"Not here yet: {', '.join(untrained)}. Train one with `python -m aecore train {untrained[0]}`.")
    for line in missing:
        st.caption(f":material/info: {line}")


def rows(cards: Sequence[Card]) -> list[list[Card]]:
    """Cards that belong together, in the order of the first: of one body, with codes of different sizes, or trained on
    different things."""
    bodies: dict[tuple, list[Card]] = {}
    for card in cards:
        body = {key: value for key, value in card.config.items() if key != "latent_dim"}
        alone = "" if "latent_dim" in card.config else card.name
        bodies.setdefault((card.family, version(body), alone), []).append(card)
    return list(bodies.values())


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
    return f"{metric.value:,.{digits}f} {metric.unit}".strip().replace(" %", "%")


def _card(row: list[Card]) -> None:
    """The middle one of a row of models, and how many others there are."""
    card = row[len(row) // 2]
    badge = f":{badge_color(card.kind)}-badge[{FAMILIES[card.family].badge_of(card.config)}]"
    st.markdown(f"**{card.title}** {badge}", help=f"`{card.name}`, {card.parameters:,} parameters")
    st.caption(card.summary)
    value, definition = headline(card)
    if value:
        st.markdown(f"**{value}**")
        st.caption(definition)
    if len(row) > 1:
        low, high = (row[place].config["latent_dim"] for place in (0, -1))
        st.caption(f"and {len(row) - 1} others{'' if low == high else f', with codes of {low:,} to {high:,} numbers'}")
