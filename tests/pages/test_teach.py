"""What teaches on every page: three bets that the page itself decides, a tour of its places, a thread of prose."""

import importlib
import re

import pytest
from streamlit.testing.v1 import AppTest

from pages import PAGES
from tests.visits import settled, shown, sound, visit

FOLDERS = [page.folder for page in PAGES if page.folder != "lessons"]  # that one is a sheet of links to the others
KINDS = {"used", "hovered", "drew", "link", "shows", "read"}
SENTENCES = re.compile(r"[.!?](?=\s|$)")
TERM = re.compile(r'\[([^\]]+)\]\(#term "[^"]*"\)')


def board_finds(at: AppTest) -> None:
    """What the Vector field's board says in a browser, to the question that it was asked last."""
    numbers = {"on_data": 0.03, "data_best": 0.04, "before": 0.15, "after": 0.05, "cosine": 0.99}
    at.session_state["field_board"] = {"found": numbers | {"asked": at.session_state["_field_asked"]}}
    sound(at.run())


def twenty_seeds_find(at: AppTest) -> None:
    """What the GANs' board says, in the same way."""
    at.session_state["gans_board"] = {"found": {"all": 8, "modes": [8] * 20, "asked": at.session_state["_gans_asked"]}}
    sound(at.run())


BROWSER = {"vector_field": board_finds, "gans": twenty_seeds_find}  # pages whose results come from there


def bets_of(page: str):
    return importlib.import_module(f"pages.{page}.try_next").BETS


@pytest.mark.parametrize("page", FOLDERS)
def test_the_page_decides_its_three_bets_with_a_number(page):
    bets = bets_of(page)
    assert len(bets) == 3
    at = visit(page, bet="1")
    for bet in bets:
        assert 2 <= len(bet.options) <= 3
        assert [at.button(key=f"{page}_option_{place}").label for place in range(len(bet.options))] == [*bet.options]
        sound(at.button(key=f"{page}_option_0").click().run())
        if at.session_state["_bets"].plays[page].answer is None:
            BROWSER.get(page, settled)(at)
        answer = at.session_state["_bets"].plays[page].answer
        assert answer is not None, bet.question
        assert 0 <= answer.option < len(bet.options) and re.search(r"\d", answer.sentence), answer
        assert any(answer.sentence in text.value for text in at.markdown), answer
        sound(at.button(key=f"{page}_bet_next").click().run())
    assert any(f"of {len(bets)} right so far" in text.value for text in at.caption)


@pytest.mark.parametrize("page", FOLDERS)
def test_the_tour_leads_to_places_that_are_on_the_page(page):
    steps = importlib.import_module(f"pages.{page}.tour").TOUR
    assert 4 <= len(steps) <= 6
    there = keys(shown(page))
    for step in steps:
        assert step.at in there, step
        assert step.done.kind in KINDS and (step.done.kind != "shows" or step.done.value)
        assert len(step.text) <= 140 and len(step.then) <= 140, step
        assert len(SENTENCES.findall(step.text)) <= 2, step.text


@pytest.mark.parametrize("page", FOLDERS)
def test_the_thread_of_prose_has_the_pages_own_numbers_and_explains_its_terms(page):
    texts = [text.value for text in shown(page).markdown if "](#term " in text.value]
    plain = [TERM.sub(r"\1", text) for text in texts]
    prose = [text for text in plain if 2 <= len(SENTENCES.findall(text)) <= 4 and re.search(r"\d", text)]
    assert prose, plain


def keys(at: AppTest) -> set[str]:
    """The keys of all elements and containers of a page, as the browser knows them."""
    names, blocks = set(), [at._tree]
    while blocks:
        block = blocks.pop()
        for node in block.children.values():
            proto = getattr(node, "proto", None)
            text = getattr(proto, "id", "") if proto is not None else ""
            names.add(re.sub(r"^\$\$(?:ID|WIDGET_ID|STREAMLIT)-[0-9a-f]+-", "", text))
            if hasattr(node, "children"):
                blocks.append(node)
    return names
