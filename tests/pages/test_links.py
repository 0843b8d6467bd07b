"""Links to every page, over every key that its widgets bind to the address: what a link sets is what the page shows."""

from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import names
from pages import PAGES
from pages.inpaint import search
from tests.visits import settled, slow_work_is_wanted, sound, visit

pytestmark = pytest.mark.skipif(not {"judge", "dae", "cvae", "vae-2"} <= set(names()), reason="no trained models here")

FOLDERS = [page.folder for page in PAGES]
# what a page shows only after a choice: links that make all of its bound widgets appear at one time or another
OPENED = {
    "denoise": [{}, {"denoise_source": "Pick"}, {"denoise_corruption": "Patch"}],
    "inpaint": [{"inpaint_kind": kind} for kind in ("Patch", "Half", "Dropout", "Stripes")]
    + [{"inpaint_source": "Pick"}],
    "super_resolution": [{}, {"super_source": "Pick"}],
    "bottleneck": [{}, {"bottleneck_source": "Pick"}],
    "regularise": [{}, {"regularise_source": "Pick"}],
    "tangents": [{}, {"tangents_source": "Pick"}],
    "masked": [{}, {"masked_source": "Pick"}],
    "search": [{}, {"search_source": "Pick"}],
    "anomalies": [{"anomalies_normal": "digits"}, {"anomalies_source": "Pick"}],
    "compress": [{}, {"compress_source": "Pick"}],
    "photos": [{}, {"photos_mode": "A page of digits"}],
    "latent_map": [{}, {"map_source": "Pick"}, {"map_own_method": "t-SNE"}],
    "interpolate": [{"interpolate_a_source": "Pick", "interpolate_b_source": "Pick"}]
    + [{"interpolate_more": walk} for walk in ("Transformations", "The average of two")],
    "generate": [{}, {"generate_model": "Style sliders", "generate_section": "Your handwriting"}]
    + [{"generate_section": section} for section in ("Ask in words", "Why a prior", "Take samples home")],
    "vector_field": [{}, {"field_shape": "On a line"}],
    "gans": [{"gans_game": game, "gans_film_open": "true"} for game in ("WGAN-GP", "WGAN-div")],
}
HOSTILE = ("inf", "-inf", "1e309", "1" * 30, "-" + "9" * 30, "nan", "abc", "<b>", "", "-1", "0x10", "٣", "1e18")
CASES = [(folder, place) for folder in FOLDERS for place in range(len(OPENED.get(folder, [{}])))]


def bound(at: AppTest) -> list[str]:
    """The keys that the widgets of the last run have bound."""
    with at.session_state._state.query_params() as params:
        return sorted(params._bindings_by_param)


def widgets(at: AppTest) -> Iterator:
    for kind in ("slider", "number_input", "selectbox", "segmented_control", "pills", "toggle", "text_input"):
        yield from getattr(at, kind)


def written(at: AppTest) -> list[str]:
    """All that a visitor reads, in order."""
    parts: Iterable = [*at.title, *at.header, *at.subheader, *at.markdown, *at.caption, *at.warning, *at.info]
    return [str(part.value) for part in parts] + [f"{widget.label}: {widget.value}" for widget in widgets(at)]


@pytest.fixture(scope="module", autouse=True)
def short_searches():
    """How far a search goes does not matter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "STEPS", 20)
        yield


@cache
def plain_visit(folder: str, place: int) -> AppTest:
    """A page as one of its links opens it, run once for all tests that only look at it. Slow work ends, so that the
    next visits find it done: a worker whose job is given up may have to be replaced by another."""
    at = sound(visit(folder, **OPENED.get(folder, [{}])[place]))
    return settled(at) if slow_work_is_wanted() else at


@pytest.mark.parametrize(("folder", "place"), CASES)
def test_no_hostile_value_of_any_key_breaks_a_page(folder, place):
    opened, plain = OPENED.get(folder, [{}])[place], plain_visit(folder, place)
    keys = [key for key in bound(plain) if key not in opened]
    defaults = {widget.key: widget.value for widget in widgets(plain) if widget.key in keys}
    for turn in range(0, len(HOSTILE), 4):  # each key meets every fourth value; its neighbours meet the others
        values = {key: HOSTILE[(turn + i) % len(HOSTILE)] for i, key in enumerate(keys)}
        at = sound(visit(folder, **opened, **values))
        for widget in widgets(at):
            if values.get(widget.key) in ("inf", "-inf", "1e309", "1" * 30, "nan", "abc"):
                assert widget.value == defaults[widget.key], (widget.key, values[widget.key])


@pytest.mark.parametrize(("folder", "place"), CASES)
def test_a_link_is_shown_whole_on_the_first_run(folder, place):
    """Nothing on the page may say in a second run, without any change, what it did not say in the first."""
    opened = OPENED.get(folder, [{}])[place]
    links = dict(opened)
    for widget in widgets(plain_visit(folder, place)):
        if widget.key not in links and (value := another(widget)) is not None:
            links[widget.key] = value
    at = sound(visit(folder, **links))
    if slow_work_is_wanted():
        settled(at)  # what it brings is remembered then, and there at once
        at = sound(visit(folder, **links))
    first = written(at)
    for widget in widgets(at):
        if widget.key in links and widget.key not in opened and hasattr(widget, "max"):
            assert float(widget.value) == pytest.approx(float(links[widget.key])), widget.key
    assert written(sound(at.run())) == first


def another(widget) -> str | None:
    """A value that a link may give a numeric widget instead of its default."""
    if widget.type == "slider" and isinstance(widget.value, float):
        step = widget.step or 0.01
        return f"{widget.min + round((widget.max - widget.min) * 0.8 / step) * step:.4g}"
    if widget.type == "number_input" and isinstance(widget.value, int):
        return str(min(int(widget.max), int(widget.value) + 1))
    return None
