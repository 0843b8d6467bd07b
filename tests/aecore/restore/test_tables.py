"""The restoration table and the command line's inpaint: what they write, what they keep, what they refuse."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from aecore.__main__ import app
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.restore import inpainting, masks
from aecore.restore.inpainting import CLEAN, DAMAGED, METHODS, HoleScores, Measured, Score, load, save, score
from benchmarks import restoration


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def table(tmp_path, monkeypatch):
    """The benchmark's file, in a folder of its own, for eight digits."""
    path = tmp_path / "restoration.json"
    monkeypatch.setattr(inpainting, "results_file", lambda: path)
    monkeypatch.setattr(restoration, "DIGITS", 8)
    return path


def quick(methods, fresh=False):
    engine = get_engine()
    return restoration.measure(restoration.begin(8, fresh, engine), ["patch", "stripes"], methods, engine, fresh)


def test_the_table_reads_back_what_was_written(tmp_path):
    scores = {CLEAN: Score(None, None, 1.0, 1.0), "telea": Score(7.65432, 15.0, 0.5, 0.75)}
    before = Measured(
        8, 0, {"starts": 1}, {"patch": HoleScores(0.4, "12 px", 0.18, scores)}, {"dae": "ab"}, {"torch": "2"}
    )
    after = load(save(before, tmp_path / "new" / "table.json"))
    assert after.holes["patch"].scores["telea"].psnr_missing == 7.6543
    assert after.holes["patch"].scores[CLEAN] == scores[CLEAN] and after.checkpoints == {"dae": "ab"}


SCORE = {"psnr_missing": 1.0, "psnr": None, "ssim": 1.0, "reads_right": 1.0}
HOLE = {"strength": 0.4, "describe": "12 px", "missing": 0.2, "scores": {"telea": SCORE}}
TABLE = {"digits": 8, "seed": 0, "search": {}, "holes": {"patch": HOLE}, "checkpoints": {}, "versions": {}}
WRONG = [
    {"digits": "many"}, {"digits": None}, {"search": {"steps": 1.5}}, {"search": []}, {"holes": {"hexagon": HOLE}},
    {"holes": {"patch": HOLE | {"missing": float("nan")}}}, {"holes": {"patch": HOLE | {"scores": {"telea": 1}}}},
    {"holes": {"patch": HOLE | {"scores": {"telea": SCORE | {"ssim": None}}}}}, {"checkpoints": {"dae": 1}}, {"x": 1},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG)
def test_a_table_of_another_shape_is_refused(tmp_path, change):
    path = tmp_path / "restoration.json"
    path.write_text(json.dumps(TABLE))
    assert load(path).holes["patch"].scores["telea"].psnr is None
    with pytest.raises(DataError, match=r"restoration\.json.*benchmarks\.restoration"):
        load(path, whole=True)  # no search was measured
    path.write_text(json.dumps(TABLE | change))
    with pytest.raises(DataError, match=r"restoration\.json.*benchmarks\.restoration"):
        load(path)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"holes": {"patch": 1}, "definitions": 1}', "[" * 5000])
def test_a_missing_or_damaged_table_says_how_to_get_one(tmp_path, text):
    path = tmp_path / "restoration.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match=r"benchmarks\.restoration"):
        load(path)


def test_a_measurement_stops_and_goes_on(table):
    first = quick(["telea"])
    assert list(first.holes["patch"].scores) == [CLEAN, DAMAGED, "telea"] and load() == load(table)
    known = json.loads(table.read_text())
    known["holes"]["patch"]["scores"]["telea"]["psnr"] = 1.0  # a mark
    known["checkpoints"]["dae"] = "of yesterday"
    known["holes"]["patch"]["scores"]["dae"] = known["holes"]["patch"]["scores"]["telea"]
    table.write_text(json.dumps(known))
    second = quick(["dae", "telea"]).holes["patch"].scores
    assert list(second) == [CLEAN, DAMAGED, "dae", "telea"]
    assert second["telea"].psnr == 1.0  # kept
    assert second["dae"].psnr != 1.0  # of another checkpoint: measured again
    assert quick(["telea"], fresh=True).holes["patch"].scores["telea"].psnr != 1.0


def test_scores_are_the_definitions():
    images, y = load_digits("test")
    x = images[:6].float() / 255
    mask = masks.make("patch", 6)
    recon = masks.hide(x, mask, 0.25)
    scores = score(get_engine(), x, y[:6], recon, mask)
    gone = mask.bool()
    errors = [float(((x[n][gone[n]] - 0.25) ** 2).mean()) for n in range(6)]
    assert scores.psnr_missing == pytest.approx(np.mean(-10 * np.log10(errors)), rel=1e-5)
    assert scores.reads_right == float((get_engine().classify(recon).argmax(1) == y[:6]).float().mean())
    clean = score(get_engine(), x, y[:6], x, mask)
    assert clean.psnr is None and clean.ssim == pytest.approx(1) and clean.reads_right == 1


def test_the_shipped_table_holds_every_method_at_hand_and_meets_its_bar():
    shipped = load()
    assert list(shipped.holes) == list(masks.MASKS) and shipped.digits == 1000
    names = get_engine().names()
    for hole in shipped.holes.values():
        able = [name for name, m in METHODS.items() if m.model in (None, *names)]
        assert set(able) <= set(hole.scores) and hole.scores[CLEAN].reads_right > 0.98
    patch = {name: scores.psnr_missing for name, scores in shipped.holes["patch"].scores.items()}
    best = max(patch[name] for name in patch if name in METHODS and METHODS[name].model)
    assert best >= patch["telea"] + 5 and best >= patch["navier_stokes"] + 5
    assert not set(shipped.stale(get_engine())) & {"dae", "vae", "judge"}


def test_inpaint_on_the_command_line(tmp_path):
    digit, out = load_digits("test")[0][0, 0].numpy(), tmp_path / "out.png"
    Image.fromarray(digit).save(tmp_path / "in.png")
    done = run("inpaint", tmp_path / "in.png", "--method", "telea", "--mask", "half", "--side", "left", "-o", out)
    assert done.exit_code == 0, done.output
    with Image.open(out) as result:
        rows = np.asarray(result)[::4, ::4].reshape(3, 28, 28)
    assert (rows[0] == digit).all() and (rows[1][:, :14] == 128).all() and (rows[1][:, 14:] == digit[:, 14:]).all()
    x, mask = torch.from_numpy(digit)[None, None].float() / 255, masks.make("half", 1, side="left")
    expected = inpainting.inpaint(x, mask, "telea", kind="half")
    assert (rows[2] == expected[0, 0].mul(255).round().byte().numpy()).all()


def test_inpaint_with_a_painted_mask(tmp_path):
    digit, hole = load_digits("test")[0][0, 0].numpy(), np.zeros((28, 28), np.uint8)
    hole[5:9, 6:20] = 255
    for name, pixels in (("in", digit), ("hole", hole)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    paths = tmp_path / "in.png", "--mask-picture", tmp_path / "hole.png", "-o", tmp_path / "out.png"
    done = run("inpaint", *paths, "--method", "dae-pasted")
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "out.png") as result:
        rows = np.asarray(result)[::4, ::4].reshape(3, 28, 28)
    assert (rows[1][hole > 0] == 128).all() and (rows[2][hole == 0] == digit[hole == 0]).all()


@pytest.mark.parametrize("wrong", [["--mask", "hole"], ["--side", "middle"], ["--method", "magic"]])
def test_inpaint_names_what_there_is(wrong):
    done = run("inpaint", "docs/denoise.png", *wrong)
    assert done.exit_code == 2 and "choose one of" in done.output
