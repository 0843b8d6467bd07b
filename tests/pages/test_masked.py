"""The Masked page in Streamlit's own test runner, its arithmetic in node, and the words that it makes of numbers."""

from dataclasses import replace

import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints
from aecore.engine import get_engine
from aecore.masking import crops, guess, patches, table
from aecore.masking.table import BIHARMONIC, FRESH, LABELS, MASKED, UNET, Cell
from pages.masked import board, equations, measured, story, try_next
from pages.masked.board import Settings, Shown
from tests import node
from tests.visits import shown, sound, visit
from ui.input.digit import FIRST_EXAMPLE, example_digit

PAGE = "masked"
pytestmark = pytest.mark.skipif(guess.DIGITS not in checkpoints.names(), reason="no trained models here")


def on_stage(at: AppTest) -> Shown:
    return at.session_state["_masked"].shown


def test_it_opens_with_three_of_four_patches_hidden_and_guessed():
    at = shown(PAGE)
    stage = on_stage(at)
    assert torch.equal(stage.x, example_digit(FIRST_EXAMPLE))
    assert len(stage.settings.hidden) == round(0.75 * 49) and stage.settings.way == "random"
    assert int(stage.guess.mask.sum()) == 16 * len(stage.settings.hidden)
    seen = stage.guess.mask == 0
    assert torch.equal(stage.guess.recon[seen], stage.x[seen])
    assert not at.warning


def test_patches_stand_in_the_url_and_nonsense_does_no_harm():
    hidden = (0, 7, 48)
    text = board.packed(hidden, "digit")
    at = sound(visit(PAGE, masked_hidden=text, masked_way="block", masked_seed="12"))
    assert on_stage(at).settings == Settings(hidden, "block", 12)
    at = sound(visit(PAGE, masked_hidden="xyz", masked_way="stripes", masked_seed="-1"))
    assert on_stage(at).settings == Settings(board.unpacked(None, "digit"))


@pytest.mark.parametrize("name", board.GRIDS)
def test_a_text_of_patches_comes_back(name):
    count = board.GRIDS[name][0] * board.GRIDS[name][1]
    for hidden in ((), (0,), (count - 1,), tuple(range(count)), tuple(range(0, count, 3))):
        assert board.unpacked(board.packed(hidden, name), name) == hidden
    assert board.packed(board.unpacked(None, name), name) == board.FIRST[name]


@pytest.mark.parametrize("said", [None, "x", {"hidden": "1"}, {"hidden": [49]}, {"way": [], "seed": True}])
def test_what_the_browser_says_is_checked(said):
    assert board.checked(said, "digit") == Settings(board.unpacked(None, "digit"))
    right = {"hidden": [3, 1, 1], "way": "block", "seed": 5}
    assert board.checked(right, "digit") == Settings((1, 3), "block", 5)


ORDER = """async (load, seed, hidden, count) => {
    const order = await load("/pages/masked/board/order.js")
    const grid = [7, 7]
    const drawn = (way) => [...order.resized(new Set(), order.ranks(way, seed, grid), count)]
    const grown = order.resized(new Set(hidden), order.ranks("random", seed, grid), hidden.length + 2)
    const shrunk = order.resized(new Set(hidden), order.ranks("random", seed, grid), hidden.length - 1)
    const mask = order.maskOf(new Set(hidden), grid, [1, 28, 28])
    const x = new Float32Array(784).fill(0.5), recon = new Float32Array(784).fill(0.6)
    return { random: drawn("random"), block: drawn("block"), grown: [...grown], shrunk: [...shrunk],
        mask: [...mask], psnr: order.psnrOf(recon, x, mask), none: order.psnrOf(recon, x, new Float32Array(784)) }
}"""


@pytest.mark.parametrize("seed", [0, 7])
def test_the_slider_hides_more_or_less_of_what_is_hidden(seed):
    hidden = [5, 9, 30]
    made = node.run(ORDER, seed, hidden, 20)
    assert len(set(made["random"])) == len(set(made["block"])) == 20 and made["random"] != made["block"]
    rows = torch.tensor(made["block"]) // 7
    columns = torch.tensor(made["block"]) % 7
    assert rows.max() - rows.min() <= 6 and (rows.float().std() + columns.float().std()) < 3.7  # they lie together
    assert set(hidden) < set(made["grown"]) and len(made["grown"]) == 5
    assert set(made["shrunk"]) < set(hidden) and len(made["shrunk"]) == 2
    expected = patches.as_mask(torch.zeros(1, 49).index_fill(1, torch.tensor(hidden), 1), (7, 7), 4)
    assert made["mask"] == expected.flatten().tolist()
    assert made["psnr"] == pytest.approx(20, abs=0.01) and made["none"] is None


def test_the_story_has_this_digits_number_beside_the_measured_ones():
    stage, table_ = on_stage(shown(PAGE)), table.load()
    text = story.told(stage, table_)
    smooth = table_.fill[BIHARMONIC]["random"]["75"].psnr[0]
    assert f"{story.psnr(stage):.1f} dB" in text and f"{smooth:.1f}" in text and "12 of 49" in text
    block = replace(stage, settings=replace(stage.settings, way="block"))
    assert f"{table_.fill[BIHARMONIC]['block']['75'].psnr[0]:.1f}" in story.told(block, table_)
    assert story.told(stage, None) in text
    assert "Nothing is hidden" in story.told(replace(stage, settings=Settings(())), table_)


def test_the_equations_hold_this_digits_numbers():
    at = sound(visit(PAGE))
    at.session_state["masked_equations_open"] = True
    sound(at.run())
    stage = on_stage(at)
    error = float(patches.errors(stage.guess.recon, stage.x, stage.guess.mask).sum() / stage.guess.mask.sum())
    said = " ".join(element.value for element in at.latex)
    assert f"{error:.4f}" in said and r"\operatorname{softmax}" in said
    weights = equations.first_weights(get_engine(), stage)
    torch.testing.assert_close(weights.sum(1), torch.ones(4))
    assert (weights[:, list(stage.settings.hidden)] == 0).all()
    assert any("def attend" in element.value for element in at.code)


def test_photographs_are_opened_and_said_to_be_new_or_known():
    if guess.PHOTOS not in checkpoints.names():
        pytest.skip("no trained models here")
    at = sound(visit(PAGE, masked_photos="true", masked_crop=crops.CROPS[0].label))
    stage = at.session_state["_masked"].photo
    assert stage.x.shape == (1, 3, 64, 64) and len(stage.settings.hidden) == 48
    said = " ".join(element.value for element in at.markdown)
    assert "never saw this photograph" in said and not at.warning
    for crop in crops.CROPS:
        pixels = crops.pixels(crop)
        assert pixels.shape == (1, 3, 64, 64) and pixels.std() > 0.1


def rival(shipped: table.Measured, psnr: float) -> table.Measured:
    """The table with another U-Net."""
    cells = {share: Cell([psnr], psnr - 1, psnr + 1, [50.0]) for share in shipped.fill[UNET]["random"]}
    return replace(shipped, fill={**shipped.fill, UNET: dict.fromkeys(patches.WAYS, cells)})


def test_the_sentences_follow_the_numbers():
    shipped = table.load()
    text = measured.takeaway(shipped)
    read = sum(shipped.fill[MASKED]["random"]["75"].read) / len(shipped.fill[MASKED]["random"]["75"].read)
    assert f"{read:.0f}% of {shipped.digits:,}" in text and f"{read:.0f}%" in measured.verdict()
    assert "behind a U-Net" in measured.takeaway(rival(shipped, 40.0))
    assert "ahead of a U-Net" in measured.takeaway(rival(shipped, 4.0))
    alike = {name: {labels: [5.0, 5.0, 5.0] for labels in LABELS} for name in shipped.tuned}
    assert measured.worth(replace(shipped, tuned=alike)).count("changes nothing") == 2
    hurt = alike | {FRESH: {labels: [1.0, 1.0, 1.0] for labels in LABELS}}
    assert measured.worth(replace(shipped, tuned=hurt)).count("hurts") == 2
    best = {name: {labels: [0.1, 0.1, 0.1] for labels in LABELS} for name in shipped.frozen}
    assert "the best here**: 0.1% and 0.1% errors" in measured.frozen(replace(shipped, frozen=best))
    worst = {name: {labels: [90.0, 90.0, 90.0] for labels in LABELS} for name in shipped.frozen}
    assert "hashing's code is better**" in measured.frozen(replace(shipped, frozen=worst))
    for way in patches.WAYS:
        assert measured.guesses(shipped, way).count("\n") == 1 + len(measured.NAMES)


@pytest.mark.parametrize("number", range(3))
def test_each_bet_has_an_answer_that_is_one_of_its_options(number):
    bet = try_next.BETS[number]
    answer = bet.answer(None)
    assert 0 <= answer.option < len(bet.options) and ("%" in answer.sentence or "dB" in answer.sentence)
