"""The engine: right answers from any thread, kind failures, and a CPU to fall back to."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from aecore import checkpoints, engine
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import AecoreError, CheckpointError
from aecore.models import build

CONFIGS = {"plain": ("autoencoder", {"latent_dim": 4}), "told": ("cvae", {"latent_dim": 4, "widths": (4, 8)})}
CONFIGS["masked"] = ("autoencoder", {"latent_dim": 4, "output": "tanh", "input_dropout": 0.5})
CONFIGS["bayes"] = ("vae", {"latent_dim": 4})


@pytest.fixture
def small(tmp_path, monkeypatch):
    """An engine over small untrained models in a folder of its own."""
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    for name, (family, config) in CONFIGS.items():
        checkpoints.save(build(family, config), Card(name, "", "", family, config, {}))
    return Engine("cpu")


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:1500].float() / 255


def test_it_is_the_bare_module_in_chunks(small, x):
    with torch.inference_mode():
        torch.testing.assert_close(small.reconstruct("plain", x), checkpoints.load("plain")(x))
    assert not small.reconstruct("plain", x[:2]).requires_grad


def test_mask_and_label_reach_the_models_that_take_them(small, x):
    mask = (torch.rand(8, 1, 28, 28) < 0.5).float()
    assert small.takes_mask("masked") and not small.takes_mask("plain")
    assert not torch.equal(small.reconstruct("masked", x[:8]), small.reconstruct("masked", x[:8], mask))
    assert torch.equal(small.reconstruct("plain", x[:8]), small.reconstruct("plain", x[:8], mask))
    assert small.reconstruct("told", x[:8], y=torch.arange(8)).shape == (8, 1, 28, 28)
    with pytest.raises(ValueError, match="conditional"):
        small.reconstruct("told", x[:8])


def test_codes(small, x):
    z = small.encode("bayes", x[:5])
    mu, logvar = small.posterior("bayes", x[:5])
    torch.testing.assert_close(z, mu)
    assert logvar.shape == (5, 4)
    torch.testing.assert_close(small.decode("bayes", z), small.reconstruct("bayes", x[:5]))
    one = small.sample("told", 3, torch.Generator().manual_seed(0), torch.tensor([1, 2, 3]))
    assert torch.equal(one, small.sample("told", 3, torch.Generator().manual_seed(0), torch.tensor([1, 2, 3])))


def test_many_threads_get_the_answers_of_one(small, x):
    alone = [small.reconstruct("plain", x[i : i + 1]) for i in range(64)]
    fresh = Engine("cpu")  # loading, too, happens under contention
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda i: fresh.reconstruct("plain", x[i : i + 1]), range(64)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_a_broken_checkpoint_is_a_problem_not_a_crash(small, tmp_path):
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    small.preload(["broken", "plain"])
    assert set(small.problems()) == {"broken"} and "damaged" in small.problems()["broken"]
    with pytest.raises(CheckpointError):
        small.reconstruct("broken", torch.zeros(1, 1, 28, 28))
    assert small.reconstruct("plain", torch.zeros(1, 1, 28, 28)).shape == (1, 1, 28, 28)


def test_out_of_memory_falls_back_to_the_cpu_visibly(small, x, monkeypatch):
    small.device = torch.device("meta")  # stands in for a card
    monkeypatch.setattr(torch.nn.Module, "to", lambda module, *args, **options: module)
    original = Engine._chunks

    def no_memory(self, model, function, inputs):
        if self.device.type == "meta":
            raise torch.OutOfMemoryError("out of memory")
        return original(self, model, function, inputs)

    monkeypatch.setattr(Engine, "_chunks", no_memory)
    assert small.reconstruct("plain", x[:2]).shape == (2, 1, 28, 28)
    assert small.device.type == "cpu" and "ran out of memory" in small.problems()["device"]


def test_the_device_can_be_chosen(monkeypatch):
    monkeypatch.setenv("AECORE_DEVICE", "cpu")
    assert engine.pick_device().type == "cpu"
    monkeypatch.setenv("AECORE_DEVICE", "abacus")
    with pytest.raises(AecoreError, match="abacus"):
        engine.pick_device()


@pytest.mark.parametrize("asked", ["nonsense", "meta", "cuda:99", "xla", "cuda cpu", "mps:7", "-1"])
def test_a_wrong_device_is_refused_and_the_engine_computes_on_the_cpu(asked, small, x, monkeypatch, caplog):
    monkeypatch.setenv("AECORE_DEVICE", asked)
    with pytest.raises(AecoreError, match="Unset it, or use cpu"):
        engine.pick_device()
    fallen = Engine()
    assert fallen.device.type == "cpu" and f"'{asked}'" in fallen.problems()["device"]
    assert fallen.problems()["device"] in caplog.text
    assert fallen.reconstruct("plain", x[:2]).shape == (2, 1, 28, 28)


@pytest.mark.parametrize("asked", ["", "  ", "CPU", " cpu "])
def test_a_blank_device_is_none_and_letters_may_be_large(asked, monkeypatch):
    monkeypatch.setenv("AECORE_DEVICE", asked)
    assert engine.pick_device().type in ("cpu", "cuda", "mps") and not Engine().problems()


def test_a_card_promises_a_model_that_loads(small, tmp_path):
    path = tmp_path / "plain.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(CheckpointError, match="altered"):
        Engine("cpu").card("plain")


def test_there_is_one_engine():
    with ThreadPoolExecutor(8) as pool:
        assert len({id(one) for one in pool.map(lambda _: engine.get_engine(), range(32))}) == 1
