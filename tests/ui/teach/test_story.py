"""Terms in a text: marked where they first come, explained in the glossary's words."""

import pytest

from ui.glossary import TERMS, explain
from ui.teach import story


def test_a_term_is_marked_at_its_first_use_alone_and_may_go_by_another_word():
    text = story.marked("[[PSNR]] up, [[prior|the prior]] down, [[PSNR]] up.")
    assert text == f'[PSNR](#term "{explain("PSNR")}") up, [the prior](#term "{explain("prior")}") down, PSNR up.'


def test_a_text_without_terms_stays_as_it_is():
    assert (
        story.marked("Plain [link](https://example.org) and $x_{[1]}$.")
        == "Plain [link](https://example.org) and $x_{[1]}$."
    )


def test_a_term_that_the_glossary_lacks_shows_in_the_tests():
    with pytest.raises(KeyError):
        story.marked("[[quux]]")


def test_every_explanation_survives_as_the_title_of_a_link():
    for term in TERMS:
        about = story.marked(f"[[{term}]]").removeprefix(f'[{term}](#term "').removesuffix('")')
        assert '"' not in about and "\n" not in about and not about.endswith("\\")
