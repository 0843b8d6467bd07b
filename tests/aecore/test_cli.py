"""The command line as a user runs it."""

import os
import signal
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from aecore.__main__ import app
from aecore.checkpoints import load, read_card, save
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.pictures.sample_pages import sample_page
from aecore.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, env=None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"} | (env or {}))


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


def tensor_bytes(path: Path) -> int:
    """A file's size without its header, which is the card."""
    (header,) = struct.unpack("<Q", path.read_bytes()[:8])
    return path.stat().st_size - 8 - header


def test_eval_saves_half_the_bytes_where_no_digit_changes(tmp_path):
    model, path = load("ae-linear-32"), tmp_path / "ae-linear-32.safetensors"
    for parameter in model.parameters():
        parameter.mul_(1 + 1e-6)  # between the numbers that half precision has
    whole = next(model.parameters()).clone()
    save(model, replace(model.card, summary="As it was.", recipe=model.card.recipe | {"summary": "As it was."}), path)
    card, numbers = read_card(path), tensor_bytes(path)
    metrics = {key: replace(metric, value=2 * metric.value) for key, metric in card.metrics.items()}
    save(model, replace(card, metrics=metrics), tmp_path / "other.safetensors")

    done = run("eval", path, "--save")
    assert done.exit_code == 0 and "saved ae-linear-32.safetensors" in done.output
    assert tensor_bytes(path) < 0.52 * numbers  # biases are too small to be worth it
    assert read_card(path).summary == read_card(path).recipe["summary"] == RECIPES["ae-linear-32"].summary
    halved = load(path)
    assert torch.equal(next(halved.parameters()), whole.half().float())
    assert {key: str(metric) for key, metric in halved.card.metrics.items()} == {
        key: str(metric) for key, metric in card.metrics.items()
    }

    assert run("eval", tmp_path / "other.safetensors", "--save").exit_code == 0
    other = load(tmp_path / "other.safetensors")  # its card says other numbers than it measures
    assert torch.equal(next(other.parameters()), whole) and other.card.metrics == metrics


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
        (["train", "nothing"], 2, "no recipe 'nothing'"),
        (["eval", "nothing"], 1, "There is no checkpoint nothing.safetensors"),
        (["eval", "nowhere/gan"], 1, "There is no checkpoint nowhere/gan.safetensors"),
        (["reconstruct", "ae-linear-32", "README.md"], 1, "not a picture"),
        (["reconstruct", "judge", "docs/denoise.png"], 1, "no autoencoder"),
        (["train", "ae-linear-32", "--dataset", "svhn"], 2, "svhn"),
        (["train", "photo", "--dataset", "mnist"], 2, "leave --dataset out"),
        (["train", "--all", "--dataset", "mnist"], 2, "leave --dataset out"),
        (["denoise", "docs"], 2, "docs is a folder"),
        (["denoise", "nothing.png"], 2, "no file nothing.png"),
        (["denoise", "a\0b"], 2, "no file"),
        (["generate", "7", "--temperature", "inf"], 2, "--temperature"),
        (["generate", "7", "--temperature", "nan"], 2, "--temperature"),
        (["generate", "7", "--seed", "9" * 30], 2, "--seed"),
        (["generate", "7", "--model", "judge"], 2, "judge"),
        (["generate", "7", "-o", "a.zip"], 2, "--samples"),
        (["inpaint", "docs/denoise.png", "--strength", "nan"], 2, "--strength"),
        (["inpaint", "docs/denoise.png", "--center", "nan", "0"], 2, "--center"),
        (["inpaint", "docs/denoise.png", "--side", "left"], 2, "--mask half"),
        (["inpaint", "docs/denoise.png", "--mask", "half", "--center", "0", "0"], 2, "--center"),
        (["inpaint", "docs/denoise.png", "--mask-picture", "docs/denoise.png", "--mask", "half"], 2, "--mask-picture"),
        (["shrink", "vae"], 2, "judge, dae"),
        (["shrink", "judge", "--bits", "3"], 2, "2, 4"),
        (["map", "nothing"], 2, "no map 'nothing'"),
    ],
)
def test_mistakes_end_in_one_line_and_a_code(arguments, code, text):
    done = run(*arguments)
    assert done.exit_code == code and text in done.stderr
    assert isinstance(done.exception, SystemExit)


PICTURE_COMMANDS = [
    ["reconstruct", "ae-linear-32", "IN"], ["denoise", "IN"], ["restore", "IN"], ["inpaint", "IN"], ["upscale", "IN"],
    ["generate", "7"], ["generate", "7", "--samples", "2"],
]  # fmt: skip


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "in.png"
    Image.fromarray(load_digits("test")[0][0, 0].numpy()).save(path)
    return path


def command(arguments, picture):
    return [picture if argument == "IN" else argument for argument in arguments]


@pytest.mark.parametrize("arguments", PICTURE_COMMANDS, ids=" ".join)
def test_what_cannot_be_written_is_refused_before_any_work(arguments, picture, tmp_path, monkeypatch):
    monkeypatch.setattr(Engine, "model", lambda *_: pytest.fail("work was done"))
    monkeypatch.setattr("aecore.pictures.denoise.denoise", lambda *_: pytest.fail("work was done"))
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "sealed.png").write_bytes(b"kept")
    (tmp_path / "sealed.png").chmod(0o400)
    places = ["a.jpg", "a.gif", "none/a.png", "in.png/a.png", "folder.png", "x" * 300 + ".png"]
    if not os.access(tmp_path / "sealed.png", os.W_OK):  # the system's administrator may write anywhere
        places.append("sealed.png")
    before = sorted(tmp_path.iterdir())
    for place in places:
        if place == "folder.png" and arguments[0] == "generate":
            continue  # there a folder is a place for an IDX pair
        done = run(*command(arguments, picture), "-o", tmp_path / place)
        assert done.exit_code == 2 and place in done.stderr and isinstance(done.exception, SystemExit)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("arguments", PICTURE_COMMANDS, ids=" ".join)
def test_names_are_never_markup_and_paths_stay_whole(arguments, picture, tmp_path):
    folder = tmp_path / ("a long name [" * 8) / "b].."  # together a closing tag
    folder.mkdir(parents=True)
    out = folder / "[red]:smile:[copy].PNG"
    done = run(*command(arguments, picture), "-o", out, env={"COLUMNS": "40"})
    assert done.exit_code == 0, done.output
    assert f"{out}" in done.output
    with Image.open(out) as result:
        assert result.format == "PNG"
    assert [path.name for path in folder.iterdir()] == [out.name]


def test_errors_are_no_markup_either():
    assert "There is no checkpoint [red]x[/b].safetensors" in run("eval", "[red]x[/b]").stderr
    assert "no file [/b]:smile:.png" in run("denoise", "[/b]:smile:.png").stderr


@pytest.mark.parametrize("arguments", PICTURE_COMMANDS, ids=" ".join)
def test_a_dash_is_standard_output_and_nothing_else_is_said_there(arguments, picture, tmp_path):
    done = run(*command(arguments, picture), "-o", "-")
    assert done.exit_code == 0 and "standard output" in done.stderr
    assert run(*command(arguments, picture), "-o", tmp_path / "out.png").exit_code == 0
    assert done.stdout_bytes == (tmp_path / "out.png").read_bytes()


def test_standard_input_may_be_the_picture(picture, tmp_path):
    done = CliRunner().invoke(app, ["denoise", "-", "-o", str(tmp_path / "out.png")], input=picture.read_bytes())
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "out.png") as result:
        assert result.size == (28, 28)


def test_a_failed_write_leaves_the_old_file(picture, tmp_path, monkeypatch):
    out = tmp_path / "out.png"
    out.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = run("denoise", picture, "-o", out)
    assert done.exit_code == 1 and "No space left" in done.stderr and out.read_bytes() == b"old"
    assert run("generate", "7", "--samples", 2, "-o", tmp_path / "pair").exit_code == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in.png", "out.png", "pair"]


def test_the_picture_itself_is_not_written_over(picture):
    before = picture.read_bytes()
    for arguments in PICTURE_COMMANDS[:5]:
        done = run(*command(arguments, picture), "-o", picture)
        assert done.exit_code == 1 and "the picture itself" in done.stderr
    assert picture.read_bytes() == before


@pytest.mark.parametrize("arguments", PICTURE_COMMANDS[:5], ids=" ".join)
def test_size_is_looked_at_before_a_file_is_read(arguments, tmp_path):
    huge = tmp_path / "video.png"
    with huge.open("wb") as file:
        file.truncate(12 * 2**30)  # sparse
    for path in (huge, "/dev/zero"):
        done = run(*command(arguments, path), "-o", tmp_path / "out.png")
        assert done.exit_code == 1 and "larger than 10 MB" in done.stderr


def test_what_is_left_out_is_said(tmp_path):
    out = tmp_path / "out.png"
    assert "first 12 digits" in run("generate", "1" * 20, "-o", out).output
    assert "leaves out" in run("generate", "2026", "--samples", 2, "-o", out).output
    assert "leave" not in run("generate", "2026", "-o", out).output
    frames = [Image.fromarray(load_digits("test")[0][place, 0].numpy()) for place in (0, 1)]
    frames[0].save(tmp_path / "in.gif", save_all=True, append_images=frames[1:])
    for arguments in PICTURE_COMMANDS[:5]:
        assert "first" in run(*command(arguments, tmp_path / "in.gif"), "-o", out).output, arguments


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_no_console_encoding_breaks_a_command(encoding, picture, tmp_path):
    console = CliRunner(charset=encoding)
    out = tmp_path / "Ω 数 °.png"
    assert console.invoke(app, ["denoise", str(picture), "-o", str(out)]).exit_code == 0 and out.exists()
    assert console.invoke(app, ["list"]).exit_code == 0
    assert console.invoke(app, ["--help"]).exit_code == 0
    done = console.invoke(app, ["eval", "Ω"])
    assert done.exit_code == 1 and "\\u03a9" in done.stderr


def test_a_process_whose_console_knows_ascii_alone_runs(picture, tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "OMP_NUM_THREADS": "1"}
    line = [sys.executable, "-m", "aecore", "generate", "7", "-o", tmp_path / "Ω.png"]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode == 0 and b"1 digit in" in done.stdout and (tmp_path / "Ω.png").exists()


@pytest.mark.parametrize("place", ["file", "sealed", "checkpoint"])
def test_a_training_that_could_not_be_saved_does_not_begin(place, tmp_path, monkeypatch):
    monkeypatch.setattr("aecore.cli.training._train_one", lambda *_: pytest.fail("it began"))
    out = tmp_path / "folder"
    if place == "file":
        out.write_bytes(b"x")
    elif place == "sealed":
        monkeypatch.setattr("aecore.storage._try", _denied)
    else:
        (out / "ae-linear-32.safetensors").mkdir(parents=True)
    for options in (["ae-linear-32"], ["--all"]):
        done = run("train", *options, "--epochs", 1, "--out", out)
        assert done.exit_code == 1 and done.stderr.count("\n") == 1 and "could not be written" in done.stderr


def _denied(path):
    raise PermissionError(13, "Permission denied", str(path))


def test_a_map_that_could_not_be_saved_is_not_computed(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setenv("AECORE_MAPS", str(tmp_path / "file"))
    monkeypatch.setattr("aecore.maps.shipped.make", lambda *_: pytest.fail("it began"))
    done = run("map", "pca")
    assert done.exit_code == 1 and "is a file, not a folder" in done.stderr


def test_training_clears_what_a_killed_process_left(tmp_path, monkeypatch):
    monkeypatch.setattr("aecore.cli.training._train_one", lambda *_: None)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    for name in (f".ae-linear-32.safetensors.{int(dead.stdout)}.partial", f"..x.{int(dead.stdout)}-01234567.partial"):
        (tmp_path / name).write_bytes(b"x")
    assert run("train", "ae-linear-32", "--epochs", 1, "--out", tmp_path).exit_code == 0
    assert not list(tmp_path.iterdir())


def test_eval_takes_a_path_and_refuses_a_recipe_that_it_does_not_know(tmp_path):
    path = ROOT / "checkpoints" / "ae-linear-32.safetensors"
    assert "ae-linear-32.safetensors" in run("eval", path).output
    model = load(path)
    save(model, replace(model.card, recipe={"epochs": "many"}), tmp_path / "odd.safetensors")
    done = run("eval", tmp_path / "odd.safetensors")
    assert done.exit_code == 1 and "no recipe" in done.stderr


def test_readme_shows_the_table_that_the_cards_give():
    table = run("list", "--markdown").output.strip()
    assert table.count("\n") > 10 and table in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_keeps_the_old_checkpoint_and_says_how_to_go_on(number, tmp_path):
    old = tmp_path / "ae-linear-32.safetensors"
    old.write_bytes(b"trained before")
    command = [sys.executable, "-m", "aecore", "train", "ae-linear-32", "--epochs", "100", "--out", str(tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # Python's own handler, even where the tests were started in the background, with Ctrl-C ignored
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, **pipes)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        while "epoch 1/100" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number and "goes on from here" in said and "Traceback" not in said
    assert old.read_bytes() == b"trained before"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ae-linear-32.state.partial", old.name]
    assert (tmp_path / ".ae-linear-32.state.partial").stat().st_size > 100_000
