"""What the pages' equations share: the card of the model that ran, as text."""

from aecore.checkpoints import Card
from ui.output.model_cards import with_unit


def card_text(card: Card) -> str:
    """A model's card as Markdown: what it is, how it was trained, what it measured."""
    arrows = {"lower": "lower is better", "higher": "higher is better"}
    lines = [card.summary, "", f"{card.parameters:,} parameters."]
    lines += [
        f"- **{with_unit(metric)}** {metric.definition} ({arrows.get(metric.better, metric.better)})"
        for metric in card.metrics.values()
    ]
    return "\n".join(lines)
