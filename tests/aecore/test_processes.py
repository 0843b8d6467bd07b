"""Training by two real processes, as torchrun starts them: the losses of one, to rounding; one writes and speaks."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from aecore.engine import pick_device
from tests.aecore import trained_together

ROOT = Path(__file__).resolve().parents[2]
SHARED = {  # recipe -> what is hard about it
    "vae-nyu": "noise between the layers that share the rows",
    "dae": "every corruption has a part of the batch",
    "masked": "attention, and as many hidden patches as the rng says",
    "cvae": "labels go through layers as well",
    "wide": "weights outside of layers",
}
REFUSED = {"judge": "normalises over the whole batch", "wgan-gp": "learn against each other"}


def torchrun(*arguments: object) -> list[str]:
    """A command for two processes."""
    return [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        *map(str, arguments),
    ]


@pytest.fixture(scope="module", autouse=True)
def on_the_processor():
    """A machine with one GPU has none for a second process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AECORE_DEVICE", "cpu")
        yield


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """What two processes made of the recipes."""
    path = tmp_path_factory.mktemp("together") / "losses.json"
    command = [sys.executable, "-m", "tests.aecore.trained_together", path, *SHARED, *REFUSED]
    with socket.create_server(("127.0.0.1", 0)) as free:
        shared = os.environ | {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1]), "WORLD_SIZE": "2"}
    shared |= {"TORCHELASTIC_RUN_ID": "together"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    both = [  # what torchrun would start, without its own import of torch
        subprocess.Popen(command, cwd=ROOT, env=shared | {"RANK": rank, "LOCAL_RANK": rank}, **pipes) for rank in "01"
    ]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], "".join(said)[-3000:]
    results = json.loads(path.read_text())
    assert results["processes"] == 2
    return results | {"state": path.with_suffix(".state")}


def assert_close(shared: dict, alone: dict) -> None:
    """To rounding, which Adam's first steps make larger: it divides by gradients that are near 0."""
    for step, (ours, theirs) in enumerate(zip(shared["terms"], alone["terms"], strict=True)):
        assert ours == pytest.approx(theirs, rel=2e-3 if step else 1e-6)
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=3e-4)
    assert shared["validation"] == pytest.approx(alone["validation"], rel=3e-4)


@pytest.mark.parametrize("name", SHARED, ids=SHARED.get)
def test_two_processes_have_the_losses_of_one(together, name):
    alone = trained_together.trained(name, pick_device())
    assert alone["terms"][0] != alone["terms"][-1]
    assert_close(together[name], alone)


def test_an_interrupted_training_goes_on_with_both_and_alone(together):
    name = next(iter(SHARED))
    first, resumed = together[name], together["resumed"]
    assert len(resumed["terms"]) == len(first["terms"]) - 1
    assert resumed["terms"] == first["terms"][1:] and resumed["validation"] == first["validation"]
    (last,) = trained_together.trained(name, pick_device(), together["state"])["terms"]  # all steps are done there
    assert last == first["terms"][-1]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shared_is_refused_in_a_sentence(together, name):
    assert REFUSED[name] in together[name]["refused"] and "without torchrun" in together[name]["refused"]


def test_a_signal_saves_what_two_processes_have_trained_and_one_speaks(tmp_path):
    command = torchrun("-m", "aecore", "train", "beats", "--epochs", "100", "--out", tmp_path)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        while "epoch 1/100" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert said.count("goes on from here") == 1
    assert [path.name for path in tmp_path.iterdir()] == [".beats.state.partial"]
