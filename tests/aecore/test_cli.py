"""The command line as a user runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from aecore.__main__ import app
from aecore.checkpoints import read_card
from aecore.data import load_digits
from aecore.pictures.sample_pages import sample_page

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, env=None):
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"} | (env or {}))


def test_train_writes_a_checkpoint_with_its_card(tmp_path):
    done = run("train", "ae-linear-32", "--epochs", 1, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    card = read_card(tmp_path / "ae-linear-32.safetensors")
    assert card.recipe["epochs"] == 1 and card.parameters == 784 * 32 * 2 + 32 + 784
    assert 0.009 < card.metrics["mse"].value < 0.05
    assert [path.name for path in tmp_path.iterdir()] == ["ae-linear-32.safetensors"]


def test_eval_repeats_the_cards_numbers():
    done = run("eval", "ae-linear-32")
    assert done.exit_code == 0
    value = f"{read_card('ae-linear-32').metrics['mse'].value:.4g}"
    assert done.output.count(value) == 2  # measured now, and on the card


def test_list_names_every_recipe():
    done = run("list")
    assert done.exit_code == 0 and "ae-linear-32" in done.output and "judge" in done.output


def test_reconstruct_writes_a_picture(tmp_path):
    picture, out = tmp_path / "in.png", tmp_path / "out.png"
    Image.fromarray(load_digits("test")[0][0, 0].numpy()).save(picture)
    done = run("reconstruct", "ae-linear-32", picture, "-o", out)
    assert done.exit_code == 0, done.output
    with Image.open(out) as result:
        assert result.size == (112, 224) and result.getextrema()[1] > 200


def test_denoise_keeps_size_and_mode_and_says_whether_it_helped(tmp_path):
    picture, out = tmp_path / "in.jpg", tmp_path / "out.png"
    noise = np.random.default_rng(0).normal(0, 20, (60, 90))
    Image.fromarray(np.clip(128 + noise, 0, 255).astype(np.uint8)).save(picture, quality=95)
    done = run("denoise", picture, "-o", out)
    assert done.exit_code == 0, done.output
    assert "noise of about" in done.output
    with Image.open(out) as result:
        assert (result.mode, result.size, result.format) == ("L", (90, 60), "PNG")
        assert np.asarray(result).std() < 6
    assert "does not help" in run("denoise", out, "-o", tmp_path / "again.png").output


def test_restore_puts_digits_back_into_the_photo(tmp_path):
    sample = sample_page(torch.Generator().manual_seed(4), rows=1, columns=4, strength=0.08)
    picture, out = tmp_path / "in.png", tmp_path / "out.png"
    Image.fromarray(sample.damaged).save(picture)
    done = run("restore", picture, "--clean-paper", "-o", out)
    assert done.exit_code == 0, done.output
    assert "4 digits" in done.output and "reads " + "".join(map(str, sample.y.tolist())) in done.output
    with Image.open(out) as result:
        assert result.size == (sample.clean.shape[1], sample.clean.shape[0]) and result.mode == "RGB"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["train"], 2, "--all"),
        (["train", "gan"], 2, "no recipe 'gan'"),
        (["eval", "gan"], 1, "There is no checkpoint gan.safetensors"),
        (["reconstruct", "ae-linear-32", "README.md"], 1, "not a picture"),
        (["reconstruct", "judge", "docs/denoise.png"], 1, "no autoencoder"),
        (["train", "ae-linear-32", "--dataset", "svhn"], 2, "svhn"),
    ],
)
def test_mistakes_end_in_one_line_and_a_code(arguments, code, text):
    command = [sys.executable, "-m", "aecore", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code and text in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_readme_shows_the_table_that_the_cards_give():
    table = run("list", "--markdown").output.strip()
    assert table.count("\n") > 10 and table in (ROOT / "README.md").read_text()


def test_ctrl_c_keeps_the_old_checkpoint_and_says_how_to_go_on(tmp_path):
    old = tmp_path / "ae-conv.safetensors"
    old.write_bytes(b"trained before")
    command = [sys.executable, "-m", "aecore", "train", "ae-conv", "--out", str(tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # Python's own handler, even where the tests were started in the background, with Ctrl-C ignored
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, **pipes)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        time.sleep(8)  # imports take about 3 s; the recipe takes minutes
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130 and "goes on from here" in said and "Traceback" not in said
    assert old.read_bytes() == b"trained before"
    assert (tmp_path / ".ae-conv.state.partial").stat().st_size > 100_000
