"""The Training page: what the browser gets, what the table says, and the network that one takes along."""

import base64
import gzip
from dataclasses import asdict

import numpy as np
import pytest
import torch

import aecore
from aecore import checkpoints, guests
from aecore.data import load_digits
from aecore.learning import digits, table
from aecore.learning.objectives import LOSSES, Chance, LossNet, LossRecipe, terms
from aecore.learning.recirculation import ROUNDS, Nets, back_propagation, recirculation
from aecore.learning.side_by_side import SideBySide
from aecore.training.short import Progress
from pages.training import measured, on_server, try_next
from pages.training.tour import TOUR
from tests.node import run
from tests.visits import sound, visit
from ui.server.jobs import Job

KEEP = """async (load, recipe, title) => {
    const { learnerOf } = await load("/pages/training/trainer/rounds.js")
    const { SINGLE } = await load("/ui/live/train/single.js")
    const { checkpoint } = await load("/pages/training/board/keep.js")
    const { encoder, decoder } = learnerOf(new Uint8Array(784), recipe, SINGLE)
    const kept = { encoder: encoder.weights, decoder: decoder.weights, recipe, steps: 3 }
    const file = new Uint8Array(await (await checkpoint(kept, title)).arrayBuffer())
    return Buffer.from(file).toString("base64")
}"""


@pytest.mark.parametrize("loss", LOSSES)
def test_the_network_that_one_takes_along_is_a_checkpoint_of_the_lab(loss, tmp_path):
    recipe = LossRecipe(loss, latent=3, width=7, seed=4, activation="tanh" if loss == "sigma-learned" else "relu")
    path = tmp_path / "my-network.safetensors"
    path.write_bytes(base64.b64decode(run(KEEP, asdict(recipe), LOSSES[loss].title)))
    model = aecore.load(path)
    expected = LossNet(recipe).model.state_dict()
    assert model.state_dict().keys() == expected.keys()
    for name, tensor in model.state_dict().items():
        assert torch.allclose(tensor, expected[name], atol=1e-7), name
    assert model(torch.zeros(1, 1, 28, 28)).shape == (1, 1, 28, 28)


def test_a_network_of_recirculation_is_a_checkpoint_with_the_same_answers():
    recipe = LossRecipe("recirculation", width=7, seed=4)
    guest = guests.read(base64.b64decode(run(KEEP, asdict(recipe), ROUNDS["recirculation"])))
    nets, x = Nets.as_in_the_browser(4, 7), torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    expected = nets.visible(nets.hidden(x.flatten(1)[None].double()))[0].view(x.shape)
    assert torch.allclose(guest.model(x).double(), expected, atol=1e-6)


def test_the_browser_gets_the_first_digits_of_each_set():
    packed = np.frombuffer(gzip.decompress(digits.packed()), np.uint8)
    (x, y), (x_test, y_test) = load_digits("train"), load_digits("test")
    parts = np.split(packed, np.cumsum([digits.TRAINING * 784, digits.TEST * 784, digits.TRAINING]))
    for part, expected in zip(parts, (x, x_test, y, y_test), strict=True):
        assert np.array_equal(part, expected.flatten().numpy().astype(np.uint8)[: len(part)])


def test_side_by_side_has_the_losses_of_each_alone():
    recipes = [LossRecipe(loss, width=6, beta=1.5, seed=3) for loss in LOSSES]
    nets = [LossNet(recipe) for recipe in recipes]
    many = SideBySide(nets, recipes, torch.device("cpu"))
    with torch.no_grad():
        many.weights[1][:, :, 2:] = 0  # without spread nothing is left to chance
        many.biases[1][..., 2:] = -12
        many.write_back()
        x = (load_digits("test")[0][:1].flatten(1) > 127).float()  # one digit, ink or none: the batch is known
        together = many.losses(x, 3, torch.Generator().manual_seed(0))
        for net, recipe, loss in zip(nets, recipes, together, strict=True):
            alone = terms(net, x.repeat(3, 1), recipe, Chance.of_seed(0))["loss"]
            assert float(loss) == pytest.approx(float(alone), rel=2e-3), recipe.loss


def test_back_propagation_by_hand_is_autograds_and_recirculation_is_its_rule():
    nets = Nets.fresh([0, 1], 5, torch.device("cpu"), pixels=8)
    x = torch.rand(2, 4, 8, generator=torch.Generator().manual_seed(0))
    parts = (nets.encoder, nets.hidden_bias, nets.decoder, nets.visible_bias)
    for part in parts:
        part.requires_grad_()
    loss = 0.5 * (nets.visible(nets.hidden(x)) - x).square().sum((1, 2)).div(4).sum()
    for ours, theirs in zip(back_propagation(nets, x), torch.autograd.grad(loss, parts), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)
    one = x[0, :1]  # of one network and one digit, by Hinton & McClelland's equations 3 and 4
    encoder, decoder = nets.encoder[0], nets.decoder[0]
    h = torch.sigmoid(encoder @ one[0])
    x_next = 0.75 * one[0] + 0.25 * torch.sigmoid(decoder @ h)
    h_next = 0.75 * h + 0.25 * torch.sigmoid(encoder @ x_next)
    single = Nets(*(part[:1].detach() for part in parts))
    lower = recirculation(single, one[None])
    assert torch.allclose(lower[0][0], torch.outer(h_next - h, x_next), atol=1e-6)
    assert torch.allclose(lower[2][0], torch.outer(x_next - one[0], h), atol=1e-6)


def test_the_saved_table_holds_every_loss_and_says_who_leads():
    saved = table.load()
    for latent in (try_next.SMALL, try_next.LARGE):
        text = measured.table_of(saved, latent)
        assert all(loss.title in text for loss in LOSSES.values()) and "nan" not in text
        row = f"cross-entropy/{latent}"
        assert f"{saved.mean(row, 'grey'):.1f} ±" in text
    assert "[[loss]]" in measured.takeaway(saved)
    assert measured.pictures(saved).count("<img") == 2 * len(LOSSES)
    assert "%" in measured.rounds(saved)


def test_a_network_of_the_server_becomes_the_visitors_own():
    progress = Progress(20, 20, [(step, 30.0 - step) for step in range(1, 21)], [(20, 12.5)], 900.0, 0.0,
                        checkpoints.path_of("ae-linear-32").read_bytes())  # fmt: skip
    at = visit("training")
    at.session_state["_training_server"] = on_server.Asked("ae-linear-32", 0, Job(("short",), "done", result=progress))
    sound(at.run())
    assert "12.5" in on_server.curve(progress) and "nan" not in on_server.curve(progress)
    at.button(key="training_server_use").click().run()
    guest = at.session_state["_own_network"]
    assert guest.card.title == on_server.TRAINED and guest.card.config["latent_dim"] == 32
    for by_hand, words in ((True, "Cancelled."), (False, "when you left the page")):
        job = Job(("short",), "cancelled")
        at.session_state["_training_server"] = on_server.Asked("ae-linear-32", 0, job, by_hand)
        assert any(words in caption.value for caption in sound(at.run()).caption)


def test_the_tour_waits_for_what_the_address_says():
    at = visit("training", training_beside="VAE, Gaussian, learned σ")
    assert at.selectbox(key="training_beside").value == "sigma-learned"
    (waited,) = (step.done.value for step in TOUR if "training_beside" in str(step.done))
    assert "VAE, Gaussian, learned σ" in str(waited)
