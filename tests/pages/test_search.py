"""The Search page in Streamlit's own test runner, its arithmetic in node, and the words that it makes of numbers."""

import base64
from dataclasses import replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints
from aecore.data import load_digits
from aecore.retrieval import base, table
from aecore.retrieval.bits import hamming, nearest, pack
from aecore.retrieval.table import CONTROL, HASHING, PIXELS, key
from pages.search import measured, stage, story, try_next
from pages.search.stage import K, Lookup, Settings
from tests import node
from tests.visits import shown, sound, visit
from ui.input.digit import FIRST_EXAMPLE, example_digit
from ui.input.pad.strokes import stroke
from ui.server import files

PAGE = "search"
pytestmark = pytest.mark.skipif(base.NETWORK not in checkpoints.names(), reason="no trained models here")


def lookup(at: AppTest) -> Lookup:
    return at.session_state["_search"].shown


def test_it_opens_with_the_hits_that_the_engine_finds():
    at = shown(PAGE)
    x = example_digit(FIRST_EXAMPLE)
    assert torch.equal(lookup(at).x, x)
    assert lookup(at).hits == base.search(x, K, 32)[0]
    assert lookup(at).counts.sum() == 60_000 and (lookup(at).classes.sum(0) == np.bincount(base.load().y)).all()
    assert not at.warning


def test_settings_stand_in_the_url_and_nonsense_does_no_harm():
    at = sound(visit(PAGE, search_bits="16", search_radius="3", search_flips="2-9"))
    plain = lookup(shown(PAGE))
    assert lookup(at).settings == Settings(16, 3, (2, 9))
    assert np.unpackbits(lookup(at).code ^ plain.code).nonzero()[0].tolist() == [2, 9]
    assert lookup(at).hits.distance == lookup(at).hits.distance and len(lookup(at).counts) == 17
    at = sound(visit(PAGE, search_bits="17", search_radius="٣", search_flips="1-x-99-1"))
    assert lookup(at).settings == Settings(32, stage.FIRST_RADIUS, (1,))


@pytest.mark.parametrize("said", [None, "x", [], {"length": "16"}, {"length": True, "radius": 99, "flips": {"a": 1}}])
def test_what_the_browser_says_is_checked(said):
    said = said if isinstance(said, dict) else {}
    assert stage.checked(said.get("length"), said.get("radius"), said.get("flips")) == Settings()
    assert stage.checked(64, 20, [63, 1, 1, 64, -1, "2", True]) == Settings(64, 20, (1, 63))


def test_another_digit_begins_without_flips():
    at = sound(visit(PAGE, search_flips="3"))
    assert lookup(at).settings.flips == (3,)
    strokes = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": strokes}}
    sound(at.run())
    assert lookup(at).settings == Settings(32, stage.FIRST_RADIUS, ())


def test_pictures_of_hits_are_those_of_the_training_digits_and_no_others_can_be_had():
    bytes_ = base64.b64decode(stage.answer([7, 59_999])["pictures"])
    assert bytes_ == load_digits("train")[0][[7, 59_999]].numpy().tobytes()
    for question in (None, [], [60_000], [-1], [True], ["1"], [1.0], [0] * (K + 1), {"places": [1]}):
        with pytest.raises(ValueError, match="no such digit"):
            stage.answer(question)


SEARCH = """async (load, file, code, bits, k) => {
    const codes = await load("/pages/search/stage/codes.js")
    const index = codes.readIndex(Uint8Array.from(atob(file), (c) => c.charCodeAt(0)).buffer)
    const distance = codes.bitDistances(index, codes.codeOf(code), bits)
    const { counts, classes } = codes.shellsAround(distance, index.y, bits)
    const places = codes.nearestCodes(distance, counts, k)
    return { n: index.n, distance: [...distance], counts: [...counts], classes: [...classes], places }
}"""


@pytest.mark.parametrize("bits", base.LENGTHS)
def test_the_browser_finds_what_python_finds(bits, tmp_path, monkeypatch):
    rng = np.random.default_rng(bits)
    made = base.Base(rng.integers(0, 256, (999, 8), np.uint8), rng.integers(0, 10, 999, np.uint8), "none")
    monkeypatch.setattr(base, "path", lambda: tmp_path / "codes.safetensors")
    file = base64.b64encode(base.save(made).read_bytes()).decode()
    code = torch.rand(64, generator=torch.Generator().manual_seed(bits)) < 0.5
    found = node.run(SEARCH, file, code.tolist(), bits, 12)
    own = pack(code[None])[0]
    distance = hamming(own[: bits // 8], made.codes[:, : bits // 8])
    assert found["n"] == 999 and found["distance"] == distance.tolist()
    assert found["counts"] == np.bincount(distance, minlength=bits + 1).tolist()
    assert found["classes"] == np.bincount(10 * distance.astype(int) + made.y, minlength=10 * (bits + 1)).tolist()
    assert found["places"] == nearest(distance, 12).tolist()


def test_the_codes_are_served_by_their_content_alone():
    address = stage._address()["address"]
    name, sha256 = address.split("/")[1:]
    assert files._content(name, sha256) == base.path().read_bytes()
    assert files._content(name, "0" * 64) is None


def test_bets_are_decided_by_what_is_found():
    at = sound(visit(PAGE, search_bits="64", search_radius="3"))
    near = int((base.load().distances(lookup(at).code, 64) <= 3).sum())
    assert try_next.crowd(lookup(at)).sentence.startswith(f"{near} digit")
    assert try_next.crowd(lookup(at)).option == (0 if near < 10 else 1 if near < 1000 else 2)
    assert try_next.flipped(lookup(at)) is None and try_next.crowd(None) is None
    at = sound(visit(PAGE, search_flips="0-1-2-3-4-5-6-7"))
    before = base.search(lookup(at).x, K, 32)[0].y
    most = max(set(before), key=before.count)
    said = try_next.flipped(lookup(at))
    assert f"{before.count(most)} of {K} were {most}s before" in said.sentence
    assert f"{lookup(at).hits.y.count(most)} after" in said.sentence


def test_under_the_hood_shows_the_source_that_ran():
    at = visit(PAGE)
    assert not at.code
    at.session_state["search_equations_open"] = True
    sound(at.run())
    source = "\n".join(code.value for code in at.code)
    assert "def itq" in source and "np.bitwise_count" in source and "torch.tanh(config.steepness" in source
    assert any(f"{float(lookup(at).a[0]):.2f}" in text.value for text in at.latex)


def test_the_words_say_what_the_table_says():
    made = table.load()

    def with_scores(**averages):
        rows = {
            name: replace(row, precision=[90.0], average=[averages.get(name.split()[0], 80.0)])
            for name, row in made.rows.items()
        }
        return replace(made, rows=rows)

    said = measured.takeaway(with_scores(hashing=85.0, control=70.0, pixels=80.0))
    assert "rank digits better than 784 pixels do" in said and "loses 15.0 points" in said
    assert "precision at 64 bits is 90.0%, not 93" in said and "level" in said
    said = measured.takeaway(with_scores(hashing=75.0, control=76.0, pixels=80.0))
    assert (
        "worse than" in said and "does **not** help" in said and "average precision at 64 bits is 75.0%, not 80" in said
    )
    lines = measured.markdown(made, 32).splitlines()
    assert len(lines) == 2 + len(measured.NAMES) and measured.scored([1.0, 2.0, 3.0]) == "2.0 ± 2.5%"
    assert f"| :small[{made.rows[PIXELS].size:,}] |" in lines[2]
    assert key(CONTROL, 32) in made.rows and key(HASHING, 32) in made.rows


def test_the_thread_counts_as_people_do():
    assert story.counted(1, "bit") == "1 bit" and story.counted(1000, "bit") == "1,000 bits"
