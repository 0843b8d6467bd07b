"""The map of a visitor's own network: where it puts the 10,000 test digits, as the shipped maps show them."""

from collections.abc import Iterator
from dataclasses import replace

from aecore import guests
from aecore.engine import get_engine
from aecore.errors import ProjectionError
from aecore.maps import shipped
from aecore.maps.shipped import Map, Recipe

NAME = "yours"  # of the map, and of its recipe


def lay_out(data: bytes, title: str) -> Iterator[Map]:
    """The map of the network in a checkpoint file, first without its measures, then with them.

    Two numbers are drawn as they are; of more the first two principal components, as of the shipped `ae-conv-pca`.
    Raises: CheckpointError: what `guests.read` refuses; ProjectionError: its code cannot be drawn in a plane.
    """
    engine, guest = get_engine(), guests.read(data, title)
    engine.welcome(guest)
    recipe = recipe_of(guest)
    tensors = shipped.compute(recipe, shipped.test_digits()[0])
    card = shipped.card_of(NAME, recipe, guest.card.sha256, {}, tensors)
    rest = {name: tensor for name, tensor in tensors.items() if name != "coordinates"}
    drawn = Map(tensors["coordinates"], card, rest)
    yield drawn
    yield replace(drawn, card=replace(card, metrics=shipped.measure(recipe, tensors)))


def recipe_of(guest: guests.Guest) -> Recipe:
    """How a network is drawn. Raises: ProjectionError: it has no code, or one of a single number."""
    latent = guest.card.config.get("latent_dim") if hasattr(guest.model, "encode") else None
    if latent is None:
        raise ProjectionError("Your network has no code that could be drawn. Bring an autoencoder from Training.")
    if latent < 2:
        raise ProjectionError("Your network has one number in its code; a map needs two. Train one with d = 2.")
    if latent == 2:
        return Recipe(guest.card.title, "The two numbers of your network's code.", "code", guest.name)
    summary = f"The first two principal components of its code of {latent:,} numbers: only d = 2 is a map by itself."
    return Recipe(f"{guest.card.title}, PCA", summary, "pca", guest.name)
