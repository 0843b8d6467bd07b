"""The Compress page in Streamlit's own test runner, its words, its files."""

from dataclasses import replace

import pytest
import torch
from streamlit.testing.v1 import AppTest

import aecore
from aecore import checkpoints
from aecore.compression import coder, codes, container, rates
from aecore.compression.codes import PLAIN, VAE, WIDE
from aecore.compression.formats import WEBP
from aecore.compression.rates import DIGITS, Point
from aecore.data import load_digits
from aecore.engine import get_engine
from pages.compress import files as page_files
from pages.compress import measured, rate, strangers, try_next
from pages.compress.rate import Result, Settings
from tests.visits import shown, sound, visit
from ui.input.digit import FIRST_EXAMPLE, example_digit
from ui.input.pad.strokes import stroke
from ui.server import files

PAGE = "compress"
pytestmark = pytest.mark.skipif(WIDE not in checkpoints.names(), reason="no trained models here")


def result(at: AppTest) -> Result:
    return at.session_state["_compress"].shown


def test_it_opens_with_bytes_that_hold_what_it_shows():
    at = shown(PAGE)
    own, x = result(at), example_digit(FIRST_EXAMPLE)
    assert torch.equal(own.x, x) and own.settings == Settings() and not at.warning
    code = codes.load(get_engine(), PLAIN)
    read = coder.decode(own.data, code.tables[own.settings.level])
    torch.testing.assert_close(own.recon, code.pictures([read], own.settings.level))
    assert 8 * len(own.data) >= own.ideal - 8
    torch.testing.assert_close(aecore.decompress(own.file), own.recon)
    assert {rival.name for rival in own.rivals} == {"PCA", "WebP", "JPEG", "PNG"}
    assert all(rival.psnr >= own.psnr and not rival.less for rival in own.rivals)


def test_settings_stand_in_the_url_and_nonsense_does_no_harm():
    assert result(sound(visit(PAGE, compress_level="3", compress_code=VAE))).settings == Settings(3, VAE)
    nonsense = {"compress_level": "99", "compress_code": "judge", "compress_picture": "A chair"}
    assert result(sound(visit(PAGE, **nonsense))).settings == Settings()


@pytest.mark.parametrize("said", [(None, None), ("3", 3), (True, []), (-1, ""), (16, "compress ")])
def test_what_the_browser_says_is_checked(said):
    assert rate.checked(*said) == Settings()


def test_a_stranger_is_on_the_stage_until_somebody_draws():
    at = sound(visit(PAGE, compress_picture="A shoe"))
    assert torch.equal(result(at).x, strangers.picture("A shoe"))
    answer = try_next.shoe(result(at))
    assert f"{result(at).psnr:.1f} dB" in answer.sentence and answer.option > 0
    strokes = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": strokes}}
    sound(at.run())
    assert not torch.equal(result(at).x, strangers.picture("A shoe"))


def test_the_tables_are_served_by_their_content_alone():
    name, sha256 = rate._address(WIDE).split("/")[1:]
    assert files._content(name, sha256) == codes.path(WIDE).read_bytes()
    assert files._content(name, "0" * 64) is None and files._content("judge-tables", sha256) is None


def only_the_file() -> None:
    from aecore.engine import get_engine
    from pages.compress import files

    files.open_again(get_engine())


def test_a_file_is_decoded_once_and_a_hundred_of_its_digits_are_shown(monkeypatch):
    unpack, opened, drawn = container.unpack, [], []
    monkeypatch.setattr(container, "unpack", lambda engine, data: opened.append(data) or unpack(engine, data))
    monkeypatch.setattr(page_files, "gallery", lambda rows, key, tile: drawn.append(rows[0].x))
    x = load_digits("test")[0][:130].float() / 255
    many, one = aecore.compress(x), aecore.compress(x[:1])
    at = AppTest.from_function(only_the_file).run(timeout=90)

    def said() -> str:
        return next((text.value for text in at.markdown if "say what it is" in text.value), "")

    at.file_uploader(key="compress_file").set_value(("many.aec", many, "application/octet-stream"))
    for _ in range(3):
        sound(at.run(timeout=90))
    assert opened == [many] and said().startswith("**130 digits**") and "the first 100" in said()
    assert len(drawn) == 3 and torch.equal(drawn[-1], aecore.decompress(many)[:100])
    at.file_uploader(key="compress_file").set_value(("one.aec", one, "application/octet-stream"))
    sound(at.run(timeout=90))
    assert opened[-1] == one and said().startswith("**1 digit**") and "first" not in said()
    opened.clear()
    at.file_uploader(key="compress_file").set_value(("bad.aec", one[:-1], "application/octet-stream"))
    for _ in range(3):
        sound(at.run(timeout=90))
        assert any("damaged" in warning.value for warning in at.warning) and not said()
    assert opened == [one[:-1]]
    at.file_uploader(key="compress_file").set_value(None)
    sound(at.run(timeout=90))
    assert at.session_state["_compress"].held is None and not at.warning


def test_under_the_hood_shows_the_source_that_ran():
    at = visit(PAGE)
    assert not at.code
    at.session_state["compress_equations_open"] = True
    sound(at.run())
    source = "\n".join(code.value for code in at.code)
    assert "def encode" in source and "encoder.narrow" in source and "self._nats(z, step)" in source
    assert any(f"{result(at).ideal:.1f}" in text.value for text in at.latex)


def test_bets_are_decided_by_what_is_measured():
    own = result(shown(PAGE))
    webp = next(rival.size for rival in own.rivals if rival.name == "WebP")
    assert f"{len(own.data)} bytes against {webp}" in try_next.share_of_webp(own).sentence
    assert try_next.share_of_webp(None) is None and try_next.shoe(own) is None
    curves = rates.load().curves[DIGITS]
    vae, plain = (rates.best_within(curves[name], 50) for name in (VAE, PLAIN))
    assert f"{vae:.1f} dB" in try_next.at_fifty(None).sentence and try_next.at_fifty(None).option == int(vae < plain)


def line(*points: tuple[float, float]) -> list[Point]:
    return [Point(i, bits, bits - 10, psnr, 0.1) for i, (bits, psnr) in enumerate(points)]


def test_curves_are_read_straight_between_points_and_cross_where_they_cross():
    first, second = line((10, 10), (110, 20), (210, 22)), line((10, 5), (210, 25))
    assert rates.psnr_at(first, 60) == 15 and rates.bits_for(first, 21) == 160
    assert rates.psnr_at(first, 5) is None and rates.bits_for(first, 30) is None
    assert rates.psnr_at(first, 50, bare=True) == 15
    assert (
        rates.best_within(first, 60) == 15 and rates.best_within(first, 999) == 22 and rates.best_within(first, 5) == 0
    )
    assert rates.crossing(first, second) == pytest.approx(172.5, abs=1)  # 20 + (b - 110) / 50 = 5 + (b - 10) / 10
    assert rates.crossing(second, first) is None


def test_the_words_say_what_the_table_says():
    made = rates.load()
    flat = {name: line((10, 10), (300, 20)) for name in measured.NAMES}
    early = flat | {VAE: line((10, 12), (300, 18)), WEBP: line((100, 5), (700, 35)), WIDE: line((10, 5), (300, 25))}
    said = measured.takeaway(replace(made, curves=made.curves | {DIGITS: early}))
    assert "Below 156 bits the VAE" in said or "Below 155 bits the VAE" in said
    assert (
        "never get beyond 20.0 dB" in said and "**491 bits** even without" in said and "**501 bits** as a whole" in said
    )
    never = early | {WEBP: line((100, 5), (700, 15))}
    assert "does not overtake" in measured.takeaway(replace(made, curves=made.curves | {DIGITS: never}))
    lines = strangers.markdown(made).splitlines()
    assert len(lines) == 2 + len(rates.SETS)
    assert "JPEG" in strangers.takeaway(made) and "dB" in strangers.takeaway(made)
    assert str(made.count[DIGITS])[0] in measured.footnote(made)
