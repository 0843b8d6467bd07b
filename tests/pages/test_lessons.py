"""The lesson sheet: every link sets the page that it opens, every answer is made of the lab's own numbers."""

import importlib
import re

import pytest

from aecore.checkpoints import names
from aecore.engine import get_engine
from aecore.maps import shipped
from pages import PAGES
from pages.lessons.sheet import LESSONS
from tests.visits import sound, visit

pytestmark = pytest.mark.skipif(
    not {"judge", "cvae", "upscaler-no-7", "wide-contractive"} <= set(names()) or "vae-2" not in shipped.names(),
    reason="no trained models here",
)
STEPS = [step for lesson in LESSONS for step in lesson.steps if step.link]


def test_the_sheet_has_six_lessons_with_steps_and_answers():
    at = sound(visit("lessons"))
    assert len(at.header) == len(LESSONS) == 6
    assert len(at.expander) == sum(len(lesson.questions) for lesson in LESSONS)
    assert {step.folder for lesson in LESSONS for step in lesson.steps} <= {page.folder for page in PAGES}
    assert not any(expander.proto.expanded for expander in at.expander)
    assert all(expander.proto.expanded for expander in sound(visit("lessons", lessons_answers="true")).expander)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.folder}-{'-'.join(step.link.values())}")
def test_a_step_sets_the_page_that_it_opens(step):
    at = sound(visit(step.folder, **step.link))
    for key, value in step.link.items():  # a page drops what it does not know and resets what is out of range
        there = at.query_params.get(key)
        assert (there[0] if isinstance(there, list) else there) == value, key


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.folder}-{'-'.join(step.link.values())}")
def test_a_step_of_a_tour_and_a_bet_are_there(step):
    (page,) = (page for page in PAGES if page.folder == step.folder)
    bets = importlib.import_module(f"pages.{step.folder}.try_next").BETS if "bet" in step.link else ()
    for key, rows in (("tour", page.tour), ("bet", bets)):
        assert key not in step.link or 1 <= int(step.link[key]) <= len(rows), key


def test_every_answer_s_numbers_are_measured():
    engine = get_engine()
    cards = [metric.value for name in names() for metric in engine.card(name).metrics.values()]
    maps = [metric.value for name in shipped.names() for metric in shipped.load(name).metrics.values()]
    for question in (question for lesson in LESSONS for question in lesson.questions):
        for text, decimals in re.findall(r"(\d+(?:\.(\d+))?) (?:dB|%|nats)", question.answer(engine)):
            assert any(f"{value:.{len(decimals)}f}" == text for value in cards + maps), (question.ask, text)
