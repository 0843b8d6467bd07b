"""Which models and methods do what: whether one does, as whoever may choose it sees it."""

from collections.abc import Callable
from dataclasses import dataclass

from aecore.checkpoints import Card
from aecore.engine import Engine
from aecore.errors import CheckpointError
from aecore.models import FAMILIES, Task
from aecore.restore import inpainting, upscaling

SHAPE = (1, 28, 28)


@dataclass(frozen=True)
class Choice:
    """A model or method that a verb may be told, as the list of models shows it."""

    title: str
    kind: str
    about: str


def _card(engine: Engine, name: str) -> Card | None:
    """Of a checkpoint that works."""
    if name not in engine.names():
        return None
    try:
        return engine.card(name)
    except CheckpointError:
        return None


def restorer(*tasks: Task) -> Callable[[Engine, str], Choice | None]:
    """Models whose family restores one of these."""

    def choice(engine: Engine, name: str) -> Choice | None:
        card = _card(engine, name)
        does = card is not None and set(tasks) & set(FAMILIES[card.family].restores)
        return Choice(card.title, card.kind, card.summary) if does else None

    return choice


def able(*methods: str) -> Callable[[Engine, str], Choice | None]:
    """Models of digits that have these methods."""

    def choice(engine: Engine, name: str) -> Choice | None:
        card = _card(engine, name)
        if card is None or getattr(engine.model(name).config, "image_shape", None) != SHAPE:
            return None
        does = all(hasattr(engine.model(name), method) for method in methods)
        return Choice(card.title, card.kind, card.summary) if does else None

    return choice


def inpainter(engine: Engine, name: str) -> Choice | None:
    """What fills holes."""
    method = inpainting.METHODS.get(name)
    if method is None:
        return restorer("inpaint")(engine, name)
    there = method.model is None or _card(engine, method.model) is not None
    return Choice(method.label, method.kind, method.about) if there else None


def upscaler(engine: Engine, name: str) -> Choice | None:
    """What enlarges digits."""
    method = upscaling.CLASSICAL.get(name)
    if method is None:
        return restorer("upscale")(engine, name)
    return Choice(method.label, "classical", f"{method.about} ({method.source})")


def latent_dim(engine: Engine, name: str) -> int:
    """How many numbers a model's code has."""
    model = engine.model(name)
    return getattr(model, "latent_dim", None) or model.config.latent_dim
