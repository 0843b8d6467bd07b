"""The Photos page in Streamlit's test runner, its background work, and the message of the before/after slider."""

import io
import json
import struct

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore import engine as engines
from aecore.checkpoints import names
from aecore.engine import get_engine
from aecore.pictures.filters import FILTERS
from aecore.pictures.io import Photo, as_photo, read_photo
from aecore.pictures.noise import Verdict, add_noise
from aecore.pictures.sample_pages import sample_page
from pages.photos import before_after, controls, digits, results, stage
from pages.photos.mode import MODE, MODES
from pages.photos.state import State
from tests.visits import settled, shown, sound, visit, wanted
from ui.output import verdict
from ui.server import jobs

PAGE = "photos"
needs_network = pytest.mark.skipif("photo" not in names(), reason="no trained photo denoiser here")
needs_digits = pytest.mark.skipif(not {"judge", "dae"} <= set(names()), reason="no trained models here")


def opened(**params: str) -> AppTest:
    return visit(PAGE, **params)


def said(at: AppTest, words: str) -> bool:
    return any(words in element.value for element in [*at.main.markdown, *at.main.caption, *at.main.warning])


def png(pixels: np.ndarray, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", **options)
    return buffer.getvalue()


# ---- the page


def test_the_page_runs_and_says_in_one_sentence_what_to_notice():
    at = shown(PAGE)
    assert at.title[0].value == "Photos"
    assert "network" in at.main.markdown[0].value


def test_the_methods_are_ranked_by_what_they_measure():
    at = settled(opened(photos_picture="Cat", photos_sigma="25"))
    methods, _ = controls.methods(get_engine())
    network = get_engine().card(controls.NETWORK).sha256 if controls.NETWORK in methods else ""
    scores = {}
    for method in methods:
        name = ("example", "chelsea", 25, 7, method, network if method == controls.NETWORK else "")
        scores[method] = jobs.cached(("numbers", *name))[0]
    best = max(scores, key=scores.get)
    assert said(at, f"**{verdict.upper(controls.named(best))} leads**")
    assert at.radio(key=controls.METHOD).options[-len(FILTERS) :] == [filter_.label for filter_ in FILTERS.values()]


@pytest.mark.parametrize("source", controls.SOURCES.values())
@pytest.mark.parametrize("mode", MODES)
def test_every_source_has_its_page(source, mode):
    key = controls.SOURCE if mode == MODES[0] else digits.SOURCE
    source = {"Pick": "Sample"}.get(source, source) if mode == MODES[1] else source
    sound(opened(**{MODE: mode, key: source}))


@pytest.mark.parametrize(
    "params",
    [
        {"photos_mode": "<b>", "photos_sigma": "nan", "photos_picture": "x", "photos_method": "?", "photos_seed": "-1"},
        {"photos_spot": "9e99,1", "photos_sigma": "61"},
        {"photos_spot": "-5,99999999999999999999", "photos_source": "nowhere"},
        {"photos_mode": MODES[1], "photos_page_damage": "x", "photos_page_strength": "7", "photos_page_model": "judge"},
    ],
)
def test_nonsense_in_the_url_does_no_harm(params):
    sound(opened(**params))


def test_the_spot_of_the_url_stays_inside_the_picture():
    at = opened(photos_picture="Cat", photos_spot="99999,-3")
    assert sound(at).query_params["photos_spot"] in ("99999,-3", ["99999,-3"])
    subject = controls.Subject((), "", Photo(np.zeros((300, 451, 3), np.uint8), None, "RGB"), None, 0.0, 0.0)
    assert controls._inside(99999, subject.photo.size[0]) == 451 - 32
    assert controls._inside(-3, 300) == 32
    assert controls._inside(50, 10) == 5


def uploaded(data: bytes, **params: str) -> AppTest:
    at = sound(opened(photos_source="Upload", **params))
    at.file_uploader(key="photos_upload").upload("photo.png", data)
    return at.run()


def test_an_uploaded_picture_is_restored_at_its_own_size_and_mode():
    clear = np.dstack([np.full((60, 90, 3), 120, np.uint8), np.full((60, 90), 200, np.uint8)])
    at = settled(uploaded(png(clear)))
    assert said(at, "Hardly any noise here")
    restored = jobs.cached((results.RESTORE, "file", jobs.digest(png(clear)), "median", ""))
    assert restored.shape == (60, 90)  # three equal channels are grey, and stay so
    assert "mode RGBA" in at.main.get("download_button")[0].help


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", png(np.zeros((3, 3), np.uint8)), png(np.zeros((4500, 4500), np.uint8))]
)
def test_what_is_no_picture_is_refused_in_words(data):
    at = uploaded(data)
    assert not at.exception and not at.error
    assert len(at.warning) == 1 and at.warning[0].value.count(".") <= 3


def test_a_phones_photo_is_reduced_and_says_so():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    pixels = np.zeros((3000, 4000, 3), np.uint8)
    pixels[:, :2000] = 200
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", exif=exif)
    photo = read_photo(file.getvalue())
    assert photo.size == (1500, 2000) and "Reduced from 3,000 × 4,000" in photo.notes[0]
    assert (photo.pixels[:900] > 190).all() and (photo.pixels[1100:] < 10).all()
    assert not read_photo(png(np.zeros((1000, 1000), np.uint8))).notes
    clear = np.zeros((2500, 2500, 4), np.uint8)
    assert read_photo(png(clear)).alpha.max() == 0


@needs_digits
def test_a_page_of_digits_is_read_after_at_least_as_well_as_before():
    at = sound(opened(**{MODE: MODES[1]}))
    words = next(element.value for element in at.main.markdown if "digits found" in element.value)
    boxed, written, before, after = (
        int(element) for element in words.split("**")[1].replace(";", "").split() if element.isdigit()
    )
    assert written == 18 and boxed >= 16 and after >= max(before, 15)  # the judge reads through the damage, too


@needs_digits
def test_a_page_without_digits_is_refused_in_words():
    at = sound(opened(**{MODE: MODES[1], digits.SOURCE: "Upload"}))
    at.file_uploader(key="photos_page_upload").upload("page.png", png(np.full((200, 300), 255, np.uint8)))
    at.run()
    assert not at.exception and not at.error and "digit" in at.warning[0].value


@needs_network
def test_a_bet_sets_the_controls_and_is_decided_by_the_numbers_on_the_tiles():
    at = opened(photos_spot="40,40", bet="1")
    at.run()
    sound(at.button(key="photos_option_1").click().run())
    assert (at.session_state[controls.PICTURE], at.session_state[controls.SIGMA]) == ("chelsea", 2)
    assert "photos_spot" not in at.query_params
    at = settled(at)
    answer = at.session_state["_bets"].plays["photos"].answer
    before, after = (float(word.strip(".")) for word in answer.sentence.split() if word[0].isdigit())
    assert answer.option == int(after <= before) and said(at, answer.sentence)


@needs_network
def test_the_caption_of_a_place_says_where_the_network_fails():
    def here(network: float, means: float = 0.5) -> dict[str, results.Detail]:
        return {"photo": results.Detail(30.0, network), "non_local_means": results.Detail(29.0, means)}

    assert "The network fails here, too: 58% of the fine detail is gone" in stage.in_detail(here(0.42, 0.3))
    assert "non-local means keeps more, 44%" in stage.in_detail(here(0.42, 0.44))
    assert "fails" not in stage.in_detail(here(0.8)) and stage.in_detail(here(0.8)) == stage.ALONE


@pytest.mark.parametrize(
    ("sigma", "removed", "head"),
    [(0.0, 7.9, "Clean in its smooth places"), (8.0, 7.9, "Noise of about"), (0.4, 1.0, "Hardly any noise")],
)
def test_without_a_truth_the_estimate_and_what_was_taken_away_agree(sigma, removed, head):
    judged = Verdict(sigma, removed, removed >= 2.5 and sigma <= 3 * removed, "Sentence.")
    text = stage.blind_verdict(judged, "Network", True)
    assert head in text and f"{removed:.1f} of 255" in text


def test_new_noise_is_another_seed():
    at = sound(opened())
    before = at.number_input(key=controls.SEED).value
    sound(at.button(key="photos_seed_new").click().run())
    assert at.number_input(key=controls.SEED).value != before


def test_without_any_checkpoint_the_page_runs_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(engines, "_engine", None)
    at = opened()
    assert not at.exception and not at.error
    assert said(at, "python -m aecore train photo")
    assert at.radio(key=controls.METHOD).options == [method.label for method in FILTERS.values()]
    at = opened(**{MODE: MODES[1]})
    assert not at.exception and not at.error and said(at, "python -m aecore train")


# ---- results


def test_clear_parts_are_shown_on_white():
    photo = as_photo(np.dstack([np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8)]))
    assert (results.view(photo, photo.pixels) == 255).all()
    solid = as_photo(np.full((8, 8), 77, np.uint8))
    assert (results.view(solid, solid.pixels) == 77).all()


def test_numbers_agree_with_scikit_image():
    import torch
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    clean = np.random.default_rng(1).integers(0, 255, (40, 50, 3)).astype(np.uint8)
    noisy = add_noise(clean, 20, torch.Generator().manual_seed(0))
    psnr, ssim = results.numbers(("test", 1), clean, noisy)
    assert psnr == pytest.approx(peak_signal_noise_ratio(clean, noisy), abs=1e-3)
    assert ssim == pytest.approx(structural_similarity(clean, noisy, channel_axis=2), abs=1e-3)


def test_boxes_are_matched_with_what_was_written():
    assert digits._overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert digits._overlap((0, 0, 1, 1), (5, 5, 6, 6)) == 0


# ---- work in the background


def test_stop_gives_up_the_chosen_result_and_go_on_asks_again(monkeypatch):
    monkeypatch.setattr(results, "_LINGER", 0)
    at = opened(photos_picture="Coffee", photos_sigma="31", photos_method="Total variation")
    settled(at)
    key = ("example", "coffee", 31, 7, "total_variation", "")
    at.session_state["_photos"] = State(stopped=key)
    sound(at.run())
    assert said(at, "Stopped: both sides show the picture as it was.")
    sound(at.button(key="photos_go_on").click().run())
    assert not said(at, "Stopped")
    results._stop("photos_total_variation", key)
    assert wanted("photos_total_variation") is None


def test_another_picture_gives_up_the_results_of_the_last():
    opened(photos_picture="Coffee", photos_sigma="33", photos_method="Median filter")
    before = wanted("photos_non_local_means")
    at = opened(photos_picture="Cameraman", photos_sigma="33", photos_method="Median filter")
    assert before is None or before.over
    sound(at.segmented_control(key=MODE).set_value(MODES[1]).run())
    assert not jobs._queue.seats("test session id") - {results.PAGE}  # a page of digits wants none of them


def test_a_failure_becomes_words(monkeypatch):
    broken = jobs.Job(())
    broken.end("failed", problem="The process that did this work ended unexpectedly. Try once more.")
    monkeypatch.setattr(jobs, "ask", lambda *question, key, wide=False: broken)
    at = opened()
    assert not at.exception and not at.error
    assert any("ended unexpectedly" in warning.value for warning in at.warning)


# ---- the slider's message


@pytest.fixture
def sent(monkeypatch):
    """What the slider's component was given last."""
    calls = []
    monkeypatch.setattr(before_after, "_SLIDER", lambda **given: calls.append(given))
    return calls


def read(data: bytes) -> tuple[dict, list[np.ndarray]]:
    (length,) = struct.unpack_from("<I", data)
    header, at, pictures = json.loads(data[4 : 4 + length]), 4 + length, []
    for file in header["files"]:
        pictures.append(np.asarray(Image.open(io.BytesIO(data[at : at + file["bytes"]]))))
        at += file["bytes"]
    assert at == len(data)
    return header, pictures


def test_the_slider_sends_both_pictures_without_loss(sent):
    noisy = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    clean = np.random.default_rng(1).integers(0, 255, (40, 60)).astype(np.uint8)
    before_after.before_after(before_after.Side("A", noisy), before_after.Side("B", clean, alt="a picture"), key="x")
    header, pictures = read(sent[0]["data"])
    assert np.array_equal(pictures[0], noisy) and np.array_equal(pictures[1], clean)
    assert (header["width"], header["height"]) == (60, 40)
    assert [side["alt"] for side in header["sides"]] == ["A", "a picture"]


def test_a_large_picture_fits_into_a_message(sent):
    noisy = np.random.default_rng(0).integers(0, 255, (1400, 1400, 3)).astype(np.uint8)
    before_after.before_after(before_after.Side("A", noisy), before_after.Side("B", noisy), key="x")
    header, _ = read(sent[0]["data"])
    assert header["files"][0]["type"] == "image/webp"
    assert len(sent[0]["data"]) < 2 * noisy.nbytes / 3


def test_two_sizes_are_a_mistake(sent):
    sides = [before_after.Side("A", np.zeros((4, size), np.uint8)) for size in (4, 5)]
    with pytest.raises(ValueError, match="one size"):
        before_after.before_after(*sides, key="x")


@pytest.mark.parametrize("place", [None, [1], [-1, 0], [0, 1e9], ["1", 2], [True and 5.5, 2], {"x": 1}])
def test_a_place_that_makes_no_sense_is_not_heard(sent, monkeypatch, place):
    import streamlit as st

    heard = []
    side = before_after.Side("A", np.zeros((4, 4), np.uint8))
    before_after.before_after(side, side, key="x", on_spot=lambda x, y: heard.append((x, y)))
    monkeypatch.setattr(st, "session_state", {"x": {"spot": place}})
    sent[0]["on_spot_change"]()
    assert not heard
    st.session_state["x"] = {"spot": [3, 4]}
    sent[0]["on_spot_change"]()
    assert heard == [(3, 4)]


@needs_digits
def test_the_judge_is_told_what_was_written_where():
    import torch

    from aecore.pictures.pages import restore_page

    sample = sample_page(torch.Generator().manual_seed(3), rows=1, columns=4, strength=0.0)
    page = restore_page(sample.clean, "dae", engine=get_engine())
    assert digits.truth(page, sample) == sample.y.tolist()


@needs_network
def test_the_network_is_the_first_choice():
    at = sound(opened())
    assert at.radio(key=controls.METHOD).value == controls.NETWORK


@needs_digits
def test_a_scribble_among_digits_is_not_read():
    import torch

    from aecore.pictures.pages import restore_page

    engine = get_engine()
    sample = sample_page(torch.Generator().manual_seed(3), rows=1, columns=4, strength=0.0)
    pixels, (left, top, right, bottom) = sample.clean.copy(), map(int, sample.boxes[1])
    pixels[top:bottom, left:right] = np.median(sample.clean, (0, 1))  # in the place of a digit a filled box
    pixels[top + 9 : bottom - 9, left:right] = 20
    page = restore_page(pixels, "dae", engine=engine)
    x, recon = (torch.cat([getattr(one, name) for one in page.digits]) for name in ("x", "recon"))
    strange = digits.strangers(engine, x, recon)
    assert len(strange) == 4 and strange == [False, True, False, False]
    p = engine.classify(x)
    said = digits._verdict(p, p, None, digits.Source((), pixels), strange)
    assert said.startswith("**3 digits found.**") and said.endswith(
        "1 mark does not look like a digit and is not read."
    )
    assert [mark.reads[0] == "?" for mark in digits._marks(page, p, p, None, strange)] == strange
    alone = digits._verdict(p[:1], p[:1], None, digits.Source((), pixels), [True])
    assert alone == "**Nothing here looks like a digit.** 1 mark found, and none is read."


def test_where_nothing_is_gained_the_verdict_says_so(monkeypatch):
    said = []
    monkeypatch.setattr(stage.st, "markdown", said.append)
    monkeypatch.setattr(stage, "numbers", lambda *_: (40.0, 1.0))
    subject = controls.Subject((), "", Photo(np.zeros((9, 9), np.uint8), None, "L"), np.zeros((9, 9)), 2.0, 2.0)
    stage._verdict(None, subject, ["photo", "median"], "photo", {"photo": (40.1, 1), "median": (39.0, 1)}, True)
    stage._verdict(None, subject, ["photo", "median"], "photo", {"photo": (43.0, 1), "median": (42.0, 1)}, True)
    stage._verdict(None, subject, ["photo", "median"], "photo", {"photo": (40.1, 1), "median": (44.0, 1)}, True)
    assert "Hardly any noise" in said[0]
    assert (
        "**The network leads**" in said[1]
        and "3.0 dB above the noisy picture, 1.0 dB above the median filter" in said[1]
    )
    assert "**The median filter leads**" in said[2] and "does not help here: 3.9 dB behind" in said[2]
