"""The caption parser: what it understands, what it says it did not, and that nothing makes it fall over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aecore.latent.prompts import COUNTS, DEGREES, FURTHEST, LONGEST, MOST, NUMBERS, WORDS, parse
from aecore.latent.styles import STYLES


def glyphs(text):
    return [(glyph.digit, glyph.style) for glyph in parse(text).glyphs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a thick slanted seven", [(7, {"thickness": 1.5, "slant": 1.5})]),
        ("two narrow 4s", [(4, {"width": -1.5})] * 2),
        ("2026", [(2, {}), (0, {}), (2, {}), (6, {})]),
        ("a two", [(2, {})]),
        ("three twos", [(2, {})] * 3),
        ("two and three fours", [(2, {}), (4, {}), (4, {}), (4, {})]),
        ("4 4's", [(4, {})] * 4),
        ("a pair of wide eights", [(8, {"width": 1.5})] * 2),
        ("a thick 7 and a thin 3", [(7, {"thickness": 1.5}), (3, {"thickness": -1.5})]),
        ("a very thin six", [(6, {"thickness": -2.4})]),
        ("a slightly wide nine", [(9, {"width": 0.75})]),
        ("a not thick five", [(5, {"thickness": -0.6})]),
        ("a 7, bold", [(7, {"thickness": 1.5})]),
        ("10 leaning to the left", [(1, {"slant": -2.0}), (0, {"slant": -2.0})]),
        ("very very very very thick 1", [(1, {"thickness": 3.0})]),
        ("A THICK Seven!", [(7, {"thickness": 1.5})]),
        ("sixes", [(6, {})]),
        ("zeroes", [(0, {})]),
        ("seven eight", [(7, {}), (8, {})]),
        ("", []),
        ("a beautiful horse", []),
    ],
)
def test_what_it_reads(text, expected):
    assert glyphs(text) == expected


def test_it_says_what_it_did_not_understand_and_what_was_meant():
    caption = parse("a purple slantd seven")
    assert dict(caption.ignored) == {"purple": "", "slantd": "slanted"}
    assert caption.understood == (("seven", "class 7"),)
    assert glyphs("a purple slantd seven") == [(7, {})]


def test_it_says_what_it_took_words_to_mean():
    assert parse("a very thick seven").understood == (("very thick", "thickness +2.4 sd"), ("seven", "class 7"))
    assert ("4s", "2 × 4") in parse("two 4s").understood


def test_no_more_digits_than_fit():
    assert len(parse("9" * 40).glyphs) == MOST and parse("9" * 40).cut
    assert len(parse("twelve 3s").glyphs) == 12 and not parse("twelve 3s").cut
    assert parse("999 4s").cut


def test_a_link_with_an_endless_caption_costs_little():
    caption = parse("".join(f"nonsense{'x' * i} " for i in range(300)) + "seven")
    assert len(caption.ignored) == LONGEST and not caption.glyphs


def test_every_word_means_a_style_that_exists():
    assert {name for name, _ in WORDS.values()} == set(STYLES)
    assert not set(WORDS) & (set(DEGREES) | set(COUNTS))


VOCABULARY = st.sampled_from([*WORDS, *DEGREES, *COUNTS, *NUMBERS, "4s", "12", "and", "of", "to", "left", "rubbish"])


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(VOCABULARY, max_size=15).map(" ".join)))
def test_any_text_gives_digits_and_known_styles_or_nothing(text):
    caption = parse(text)
    assert len(caption.glyphs) <= MOST
    for glyph in caption.glyphs:
        assert 0 <= glyph.digit <= 9
        assert set(glyph.style) <= set(STYLES) and all(abs(amount) <= FURTHEST for amount in glyph.style.values())
