"""Which patches are hidden, and how guesses are measured."""

import pytest
import torch

from aecore import checkpoints
from aecore.data import load_digits
from aecore.masking import classifier, guess, patches, table
from aecore.masking.classifier import Tuning
from aecore.models import build

GRID = (7, 7)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("way", patches.WAYS)
@pytest.mark.parametrize("share", [0, 0.25, 0.75, 1])
def test_so_many_patches_are_hidden_in_every_picture(way, share):
    hidden = patches.WAYS[way](50, GRID, share, rng())
    assert (hidden.sum(1) == round(49 * share)).all() and set(hidden.unique().tolist()) <= {0.0, 1.0}
    assert torch.equal(hidden, patches.WAYS[way](50, GRID, share, rng()))
    if 0 < share < 1:
        assert not torch.equal(hidden, patches.WAYS[way](50, GRID, share, rng(1)))


def test_a_block_is_in_one_piece():
    for hidden in patches.block(100, GRID, 0.3, rng()).view(-1, 7, 7):
        places = hidden.nonzero()
        reached = places[:1]
        for _ in range(49):
            reached = places[(places[:, None] - reached).abs().sum(2).amin(1) <= 1]
        assert len(reached) == len(places)


def test_a_mask_has_the_patches_pixels():
    hidden = torch.zeros(1, 49)
    hidden[0, 8] = 1  # second row, second column
    mask = patches.as_mask(hidden, GRID, 4)
    assert mask.shape == (1, 1, 28, 28) and mask.sum() == 16 and mask[0, 0, 4:8, 4:8].all()


def test_psnr_is_of_the_missing_pixels_alone():
    x = torch.zeros(2, 3, 8, 8)
    mask = patches.as_mask(torch.tensor([[1.0, 0, 0, 0], [1, 1, 0, 0]]), (2, 2), 4)
    recon = x + 0.1 * mask + 0.5 * (1 - mask)
    error = patches.errors(recon, x, mask)
    torch.testing.assert_close(error, 0.01 * 3 * torch.tensor([16.0, 32]))
    assert patches.pooled_psnr(error, mask, 3) == pytest.approx(20)


def test_a_classifier_learns_from_labels_and_the_encoder_with_it():
    images, y = load_digits("train")
    few = (y == 0) | (y == 1)
    images, y = images[few][:200], y[few][:200]
    model = build("masked", {"width": 12, "depth": 1, "decoder_width": 12, "decoder_depth": 1})
    model.requires_grad_(False)  # as one that was loaded
    before = model.encoder[0].qkv.weight.clone()
    made = classifier.train(model, images, y, Tuning(steps=60, lr=1e-2))
    assert classifier.error(made, images, y) < 25
    assert torch.equal(model.encoder[0].qkv.weight, before)  # its own is left alone
    assert not torch.equal(made.body.encoder[0].qkv.weight, before)
    again = classifier.train(model, images, y, Tuning(steps=60, lr=1e-2))
    assert torch.equal(made.head, again.head)


@pytest.mark.skipif({guess.DIGITS, guess.PHOTOS} - set(checkpoints.names()) != set(), reason="no trained models here")
def test_a_guess_from_python():
    x = load_digits("test")[0][:2].float() / 255
    made = guess.guess(x, 0.5, "block")
    assert made.mask.shape == (2, 1, 28, 28) and made.mask.sum() == 2 * 16 * round(49 * 0.5)
    assert torch.equal(made.recon * (1 - made.mask), x * (1 - made.mask))
    assert guess.guess(torch.rand(1, 3, 64, 64)).recon.shape == (1, 3, 64, 64)
    for share, way in ((2.0, "random"), (0.5, "stripes")):
        with pytest.raises(ValueError, match="random or block"):
            guess.guess(x, share, way)
    with pytest.raises(ValueError, match="must be"):
        guess.guess(x[:, :, :20])


@pytest.mark.skipif(not table.results_file().exists(), reason="not measured here")
def test_the_shipped_table_is_whole():
    measured = table.load()
    for ways in measured.fill.values():
        for cells in ways.values():
            for cell in cells.values():
                assert cell.low <= cell.psnr[0] <= cell.high and all(0 <= read <= 100 for read in cell.read)
