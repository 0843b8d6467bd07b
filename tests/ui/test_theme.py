"""The theme's colours against each other: text is read at 4.5 to 1 in both themes (WCAG 2.2, 1.4.3)."""

import tomllib
from pathlib import Path

import pytest

from ui import theme

ROOT = Path(__file__).resolve().parents[2]
OURS = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
MODES = ("light", "dark")


def rgb(color):
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def over(color, ground, share):
    """A colour that lets through the rest of its ground."""
    mixed = (share * a + (1 - share) * b for a, b in zip(rgb(color), rgb(ground), strict=True))
    return "#" + "".join(f"{round(value):02x}" for value in mixed)


def luminance(color):
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (part / 255 for part in rgb(color))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_as_the_standard_has_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_written_is_read_on_both_grounds(mode):
    ours = OURS[mode]
    for ground in (ours["backgroundColor"], ours["secondaryBackgroundColor"]):
        caption = over(ours["textColor"], ground, 0.74)  # ui/menu/parts.css
        for name in ("textColor", "grayTextColor", "linkColor", "primaryColor"):
            assert contrast(ours[name], ground) >= 4.5, name
        assert contrast(caption, ground) >= 4.5
    assert contrast(ours["codeTextColor"], ours["codeBackgroundColor"]) >= 4.5
    chosen = over(ours["primaryColor"], ours["backgroundColor"], 0.1 if mode == "light" else 0.2)
    assert contrast(ours["primaryColor"], chosen) >= 4.5, "a chosen segment"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [*theme._KINDS, "classical"])
def test_the_colour_of_a_kind_is_read_as_text(kind, mode):
    with theme.seen(mode):
        for ground in (OURS[mode]["backgroundColor"], OURS[mode]["secondaryBackgroundColor"]):
            assert contrast(theme.kind_color(kind), ground) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_charts_have_the_colours_of_the_page(mode):
    ours = OURS[mode]
    with theme.seen(mode):
        text, muted, _, ground = theme.neutral()
    assert [text, muted, ground] == [ours["textColor"], ours["grayTextColor"], ours["backgroundColor"]]
