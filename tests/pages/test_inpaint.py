"""The Inpaint page: its masks, its comparison, the search beside it, its evidence, and what one takes home."""

import csv
import io
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore import engine as engines
from aecore.checkpoints import names
from aecore.restore import energy, inpainting, masks
from aecore.restore import search as latent_search
from aecore.restore.compare import Comparison, Hole, compare_inpainting
from aecore.restore.inpainting import METHODS, SEARCH, inpaint
from pages.inpaint import downloads, mask_pad, measured, search, story, try_next
from tests.visits import VISITOR, sound, visit, wanted
from ui.input.digit import example_digit
from ui.input.pad.strokes import stroke
from ui.output import verdict
from ui.server import jobs
from ui.server.jobs import Job

pytestmark = pytest.mark.skipif(not {"judge", "dae", "vae"} <= set(names()), reason="no trained models here")
SEVEN = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
PAGE = "inpaint"


@pytest.fixture(scope="module")
def engine():
    return engines.get_engine()


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """A search of a second at most: what it finds is tested with the engine."""
    monkeypatch.setattr(search, "STEPS", 20)
    monkeypatch.setattr(search, "REST", 0.0)


def hole(kind: str = "patch", strength: float | None = None, **settings) -> Hole:
    rng = torch.Generator().manual_seed(7)
    return Hole(masks.make(kind, 1, strength, rng, **settings), kind, "a hole")


@pytest.fixture(scope="module")
def comparison():
    return compare_inpainting(example_digit(0), hole())


def opened(**params: str) -> AppTest:
    return sound(visit(PAGE, **params))


def now(at: AppTest) -> Comparison:
    return at.session_state["_inpaint"].comparison


def current_search(at: AppTest) -> search.Search:
    """The visitor's search as it stands. The test runner's visitor is asked for, who has no script running now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_visitor", lambda: VISITOR)
        return at.session_state["_inpaint"].asked.search()


def searched(at: AppTest) -> AppTest:
    """Run again, as the browser does by asking for news, until the search has ended."""
    for _ in range(900):
        if current_search(at).ended:
            return sound(at.run())
        time.sleep(0.1)
    raise AssertionError("the search does not end")


def whole(x: torch.Tensor, mask: torch.Tensor, seed: int = 0) -> search.Search:
    """A search that has ended, run here."""
    job = Job(())
    *_, last = latent_search.search(x, mask, seed, search.STARTS, search.STEPS)
    job.end("done", last)
    return search.Search("question", x, mask, job)


# ---- the mask


@pytest.mark.parametrize("kind", masks.MASKS)
def test_a_mask_survives_the_url(kind):
    mask = hole(kind, 0.3).mask
    bits = mask_pad.packed(mask)
    assert len(bits) == 131
    assert torch.equal(mask_pad.unpacked(bits), mask)
    assert bits.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("bits", [None, 7, "", "A" * 130, "A" * 132, "é" * 131, "*" * 131, ["A"] * 131])
def test_other_bits_are_no_mask(bits):
    assert mask_pad.unpacked(bits) is None


def test_every_kind_of_mask_is_compared():
    at = opened()
    for label, kind in (("Dropout", "dropout"), ("Half", "half"), ("Stripes", "stripes"), ("Patch", "patch")):
        sound(at.selectbox(key="inpaint_kind").set_value(label.lower()).run())
        assert now(at).damage.kind == kind
        expected = masks.MASKS[kind].default
        assert float(now(at).mask.mean()) == pytest.approx(expected**2 if kind == "patch" else expected, abs=0.1)
        assert {entry.id for entry in now(at).methods} >= {"dae", "dae-pasted", "telea", "navier_stokes", "biharmonic"}


def test_painting_on_a_made_mask_is_painting_and_stands_in_the_url():
    at = opened(inpaint_kind="Half")
    mask = torch.zeros(1, 1, 28, 28)
    mask[..., 3:9, 5:20] = 1
    bits = mask_pad.packed(mask)
    at.session_state[mask_pad.KEY] = {"mask": {"seq": 1, "final": True, "bits": bits}}
    sound(at.run())
    assert now(at).damage.kind == mask_pad.PAINT
    assert torch.equal(now(at).mask, mask)
    assert at.query_params[mask_pad.BITS] in (bits, [bits])
    again = opened(inpaint_kind="Paint", inpaint_mask=bits)
    assert torch.equal(now(again).mask, mask)


def test_dragging_moves_the_patch_and_an_old_message_moves_nothing():
    at = opened()
    at.session_state[mask_pad.KEY] = {"mask": {"seq": 2, "final": True, "center": [0.25, 0.75]}}
    sound(at.run())
    expected = masks.make("patch", 1, 0.43, center=(0.25, 0.75))
    assert torch.equal(now(at).mask, expected)
    at.session_state[mask_pad.KEY] = {"mask": {"seq": 1, "final": True, "center": [0.5, 0.5]}}
    assert torch.equal(now(sound(at.run())).mask, expected)


def test_a_malformed_message_changes_nothing():
    at = opened()
    before = now(at).mask
    parts = ({"seq": "1"}, {"seq": 9}, {"seq": 9, "bits": "?"}, {"seq": 9, "center": [2, 0]})
    for message in ("x", *parts, {"seq": 9, "center": ["a", 0]}, {"seq": 9, "center": [float("nan"), 0.5]}):
        at.session_state[mask_pad.KEY] = {"mask": message}
        assert torch.equal(now(sound(at.run())).mask, before)


def test_nonsense_in_the_url_does_no_harm():
    at = opened(inpaint_kind="<b>", inpaint_mask="zz", inpaint_x="abc", inpaint_y="7", inpaint_patch="nan")
    assert now(at).damage.kind == "patch"


def test_choosing_paint_goes_on_from_what_was_there():
    at = opened(inpaint_kind="Stripes")
    before = now(at).mask
    sound(at.selectbox(key="inpaint_kind").set_value("paint").run())
    assert torch.equal(now(at).mask, before)


def test_a_drawing_is_the_digit():
    at = opened()
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": SEVEN}}
    sound(at.run())
    assert now(at).clean.reads == 7


# ---- the comparison


def test_methods_answer_without_seeing_what_was_there():
    x, where = example_digit(0), hole()
    seen = compare_inpainting(x, where)
    other = compare_inpainting(masks.hide(x, where.mask, 0.3), where)
    for one, two in zip(seen.methods, other.methods, strict=True):
        assert torch.allclose(one.x, two.x, atol=1e-6), one.id


def test_the_best_is_best_on_the_missing_pixels(comparison):
    assert comparison.best.missing == pytest.approx(max(entry.missing for entry in comparison.methods), abs=1e-3)
    expected = inpaint(comparison.clean.x, comparison.mask, "dae-pasted")
    assert torch.equal(comparison.method("dae-pasted").x, expected)


def test_the_verdict_follows_the_numbers(comparison):
    head, _ = verdict.inpainting(comparison)
    learned = max(entry.missing for entry in comparison.methods if entry.kind != "classical")
    classical = max(entry.missing for entry in comparison.methods if entry.kind == "classical")
    assert f"{abs(round(learned, 1) - round(classical, 1)):.1f} dB" in head  # as a class would subtract
    x = comparison.clean.x
    nothing = compare_inpainting(x, Hole(torch.zeros_like(x), "paint"))
    assert verdict.inpainting(nothing)[0] == "Nothing is missing."
    everything = compare_inpainting(x, Hole(torch.ones_like(x), "paint"))
    assert verdict.inpainting(everything)[0] == "Everything is missing."
    corner = torch.zeros_like(x)
    corner[..., :3, :3] = 1
    background = compare_inpainting(x, Hole(corner, "paint"))
    assert verdict.inpainting(background)[0] == "Only background is missing."


def test_without_the_inpainter_the_page_says_so_and_goes_on(monkeypatch):
    def fail(name, *given):
        raise engines.CheckpointError("There is no checkpoint inpainter.safetensors. Train it.")

    whole = engines.Engine.model
    monkeypatch.setattr(
        engines.Engine, "model", lambda self, name: fail(name) if name == "inpainter" else whole(self, name)
    )
    comparison = compare_inpainting(example_digit(0), hole())
    assert "inpainter" in comparison.problems
    assert comparison.method("inpainter") is None


# ---- the search


def test_the_search_answers_beside_the_page_and_joins_the_others():
    at = searched(opened(inpaint_source="Pick", inpaint_digit="0"))
    descent = current_search(at)
    assert descent.state == "done"
    assert torch.equal(descent.recon * (1 - descent.mask), descent.x * (1 - descent.mask))  # known pixels kept
    assert SEARCH in {entry.id for entry in now(at).methods}
    ids = [entry.id for entry in now(at).methods]
    assert ids == [name for name in METHODS if name in ids]


def test_a_new_question_cancels_the_old_search(monkeypatch):
    monkeypatch.setattr(search, "STEPS", 100_000)
    at = opened(inpaint_source="Pick", inpaint_digit="0")
    old = wanted(search.SEAT)
    sound(at.selectbox(key="inpaint_kind").set_value("half").run())
    new = wanted(search.SEAT)
    assert old.state == "cancelled" and new is not old
    while not current_search(at).frames:
        time.sleep(0.05)
    sound(at.switch_page("home/page.py").run())  # another page
    assert new.state == "cancelled"


def test_a_cancelled_search_shows_how_far_it_came_and_is_not_begun_again(monkeypatch):
    monkeypatch.setattr(search, "STEPS", 100_000)
    at = opened(inpaint_source="Pick", inpaint_digit="0")
    while current_search(at).step < 20:
        time.sleep(0.05)
    job = wanted(search.SEAT)
    monkeypatch.setattr(jobs, "_visitor", lambda: VISITOR)
    at.session_state["_inpaint"].asked.cancel()
    assert job.state == "cancelled"
    sound(at.run())
    stopped = current_search(at)
    assert stopped.state == "cancelled" and stopped.ended and stopped.step >= 20 and stopped.recon is None
    assert wanted(search.SEAT) is None


def test_where_nothing_is_missing_nothing_is_searched():
    at = opened(inpaint_kind="Paint", inpaint_mask="A" * 131)
    assert "_inpaint_search" not in at.session_state
    assert SEARCH not in {entry.id for entry in now(at).methods}


def test_recorded_frames_are_what_the_descent_was(engine):
    import base64
    import zlib

    x, where = example_digit(4), hole("half", 0.4)
    sent = search._frames(whole(x, where.mask, 3).frames)
    ink = np.frombuffer(zlib.decompress(base64.b64decode(sent["frames"])), np.uint8)
    rng = torch.Generator().manual_seed(3)
    *_, last = energy.descend(engine.model("vae"), x, where.mask, starts=16, steps=20, rng=rng, every=10)
    assert sent["at"] == [0, 10, 20]
    assert np.abs(ink.reshape(3, 16, 784)[-1] / 255 - last.recon.flatten(1).numpy()).max() < 0.01
    assert sent["known_nats"][-1] == pytest.approx(last.known.tolist(), abs=0.1)
    assert sent["prior_nats"][-1] == pytest.approx(last.prior.tolist(), abs=0.1)


def test_an_answer_of_another_class_is_marked(engine):
    x = example_digit(4)
    descent = search.Search("question", x, hole("half", 0.4).mask, Job(()))
    answer = [energy.Answer(0, x, 70.0, 9, 9), energy.Answer(3, x, 71.5, 7, 4)]
    descent.answers = answer
    assert search._answer(descent, 0, 4)["wrong"]


# ---- the evidence


def table_of(**scores: float) -> inpainting.Measured:
    """A table with one kind of mask."""
    rows = {name: inpainting.Score(psnr, psnr + 7, 0.9, 0.95) for name, psnr in scores.items()}
    hole = inpainting.HoleScores(0.43, "12 x 12 px", 0.18, rows)
    return inpainting.Measured(1000, 0, {"starts": 3, "steps": 120}, {"patch": hole}, {}, {})


def test_the_table_shows_what_was_measured_and_marks_the_best():
    table = measured.table(table_of(dae=13.0, inpainter=15.25, telea=7.5), ["patch"], "psnr_missing")
    lines = table.splitlines()
    assert lines[0] == "| :small[PSNR missing (dB)] | :small[Patch] |"
    assert [line.split("|")[2].strip() for line in lines[2:]] == ["13.0", "**15.2**", "7.5"]
    assert measured.value(table_of(dae=13.0), "patch", "dae", "reads_right") == pytest.approx(95)


def test_the_sentence_over_the_table_says_who_wins_by_how_much():
    text = measured.takeaway(table_of(dae=13.0, inpainter=15.25, telea=7.5, biharmonic=8.0))
    assert "+7.2 dB (patch, 12 x 12 px)" in text  # 15.2 - 8.0, as the table shows them
    assert "−3.0 dB" in measured.takeaway(table_of(dae=5.0, telea=8.0))


def test_without_the_table_the_page_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(inpainting, "results_file", lambda: tmp_path / "none.json")
    at = opened()
    assert any("benchmarks.restoration" in element.value for element in at.caption)


def only_equations():
    import streamlit as st

    from pages.inpaint import equations

    equations.show(*st.session_state["given"])


def test_the_equations_carry_the_numbers_of_this_search(engine, comparison):
    descent = whole(comparison.clean.x, comparison.mask)
    at = AppTest.from_function(only_equations, default_timeout=60)
    at.session_state["given"] = (engine, comparison, descent)
    sound(at.run())
    equations = " ".join(element.value for element in at.latex)
    last = descent.frames[-1]
    assert f"= {float(last.energy.min()):.1f}" in equations
    assert rf"= {comparison.best.missing:.1f}\ \mathrm{{dB}}" in equations
    assert any("def energy(" in element.value for element in at.code)


# ---- what one takes home, and the chips


def test_downloads_hold_every_method(comparison):
    picture = Image.open(io.BytesIO(downloads.png(comparison)))
    assert picture.width > (2 + len(comparison.methods)) * 168
    rows = list(csv.DictReader(io.StringIO(downloads.numbers(comparison, None))))
    assert [row["method"] for row in rows] == [entry.id for entry in comparison.methods]
    assert float(rows[0]["psnr_missing_db"]) == pytest.approx(comparison.methods[0].missing, abs=0.001)
    assert rows[0]["missing_pixels"] == "144"


def test_bets_and_story_follow_the_numbers(comparison):
    network, smooth = comparison.method("inpainter"), comparison.best_of(True)
    half = replace(comparison, damage=replace(comparison.damage, kind="half"))
    for reads, option in ((4, 0), (9, 1), (7, 2), (None, 2)):
        assert try_next.covered(replace(half, methods=[replace(network, reads=reads)])).option == option
    holes = replace(comparison, damage=replace(comparison.damage, kind="dropout"))
    for missing, option in ((30.0, 0), (3.0, 1)):
        answers = replace(holes, methods=[replace(network, missing=missing), replace(smooth, missing=9.0)])
        assert (
            try_next.scattered(answers).option == option and f"{missing:.1f} dB" in try_next.scattered(answers).sentence
        )
        assert ("no memory" in story.filled(answers)) == (option == 0)
    right = replace(comparison, methods=[replace(smooth, reads=comparison.clean.reads)])
    assert try_next.closed(right).option == 0
    assert try_next.closed(replace(right, methods=[replace(smooth, reads=None)])).option == 1
    assert try_next.closed(half) is None and "144 of 784 pixels" in story.filled(comparison)


def test_the_lectures_claim_is_held_against_the_table():
    table = inpainting.load()
    text = measured.lecture_claim(table)
    scores = table.holes["dropout"].scores
    beaten, rest = text.split(", but not ")
    for name in ("telea", "navier_stokes", "biharmonic"):
        part = beaten if scores[name].psnr < scores["lecture"].psnr else rest
        assert f"{inpainting.METHODS[name].label} ({scores[name].psnr:.1f})" in part
