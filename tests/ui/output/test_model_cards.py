"""Models of one body that differ in the code's size, or in what they were trained on, share a card."""

from aecore import checkpoints
from aecore.checkpoints import Card
from ui.output.model_cards import rows


def card(name: str, family: str = "toy", **config: object) -> Card:
    return Card(name, name, "", family, config, {})


def test_only_the_size_of_the_code_may_differ():
    cards = [
        card("a", latent_dim=1, hidden=32), card("b", latent_dim=1, hidden=0), card("c", latent_dim=8, hidden=32),
        card("d", "other", latent_dim=2, hidden=32), card("e", latent_dim=99, hidden=32),
        card("f", scale=2), card("g", scale=2),
    ]  # fmt: skip
    assert [[one.name for one in row] for row in rows(cards)] == [["a", "c", "e"], ["b"], ["d"], ["f"], ["g"]]


def test_of_the_shipped_models_the_bottlenecks_and_those_of_one_class_or_texture_are_rows():
    shipped = [checkpoints.read_card(name) for name in checkpoints.names()]
    long = {tuple(sorted({one.name.rstrip("0123456789") for one in row})) for row in rows(shipped) if len(row) > 1}
    known = {("bottleneck-",), ("one-class-",), ("texture-brick", "texture-grass", "texture-gravel")}
    assert long == {row for row in known if any(card.name.startswith(row[0]) for card in shipped)}
