"""Recipes that a visitor may train on the server: they learn, say how far they are, and end in time."""

import pytest

from aecore import guests
from aecore.errors import AecoreError
from aecore.recipes import RECIPES
from aecore.training import short
from aecore.training.short import SHORT, Short


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(short, "HELD_OUT", 100)
    monkeypatch.setitem(SHORT, "ae-linear-32", Short(3, 1_380))


def test_it_learns_and_ends_as_a_network_of_digits(tiny):
    *news, last = short.train("ae-linear-32", seed=1)
    assert last.step == last.steps == 30 and len(last.held) == 3
    assert last.held[-1][1] < last.curve[0][1] and not any(progress.data for progress in news)
    assert guests.read(last.data).card.config["latent_dim"] == 32
    assert [*short.train("ae-linear-32", seed=1)][-1].curve == last.curve


def test_it_ends_in_time_once_an_epoch_is_whole(tiny):
    *_, last = short.train("ae-linear-32", limit=0)
    assert last.step < last.steps and len(last.held) == 1 and guests.read(last.data)


def test_it_trains_what_it_lists_alone_and_says_how_much():
    with pytest.raises(AecoreError, match="too long"):
        next(short.train("photo"))
    for name, part in SHORT.items():
        recipe = RECIPES[name]
        whole = (part.epochs, part.digits) == (recipe.epochs, 60_000)
        assert ("whole" in part.words(recipe)) == whole
