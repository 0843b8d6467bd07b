"""A transformer's block beside torch's own, and the waves that say where a token stands."""

import pytest
import torch
from torch import nn

from aecore.models.tokens import Block, attend, sine_positions


@pytest.fixture
def block():
    torch.manual_seed(0)
    block = Block(12, 3).eval()
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return block


def torchs(block: Block) -> nn.TransformerEncoderLayer:
    """The same block as torch has it."""
    layer = nn.TransformerEncoderLayer(12, 3, 48, activation="gelu", batch_first=True, norm_first=True, dropout=0.0)
    own, theirs = block.state_dict(), layer.state_dict()
    names = {"self_attn.in_proj_": "qkv.", "self_attn.out_proj.": "out.", "linear1.": "up.", "linear2.": "down."}
    for name in theirs:
        mine = name
        for their, ours in names.items():
            mine = mine.replace(their, ours)
        theirs[name] = own[mine]
    layer.load_state_dict(theirs)
    return layer.eval()


def test_a_block_is_torchs_encoder_layer(block):
    h = torch.randn(4, 7, 12)
    hidden = torch.zeros(4, 7)
    hidden[1, :5] = 1
    torch.testing.assert_close(block(h), torchs(block)(h))
    ours, theirs = block(h, hidden), torchs(block)(h, src_key_padding_mask=hidden > 0)
    torch.testing.assert_close(ours[hidden == 0], theirs[hidden == 0])
    assert not torch.allclose(ours[1], block(h)[1])


def test_attention_adds_up_and_ignores_what_is_hidden():
    hidden = torch.zeros(2, 5)
    hidden[0, 2] = 1
    weights = attend(torch.randn(2, 5, 36), 3, hidden)
    torch.testing.assert_close(weights.sum(3), torch.ones(2, 3, 5))
    assert (weights[0, :, :, 2] == 0).all() and (weights[1] > 0).all()
    assert torch.isfinite(attend(torch.randn(2, 5, 36), 3, torch.ones(2, 5))).all()


def test_positions_tell_all_places_apart():
    waves = sine_positions(5, 8, 16)
    assert waves.shape == (40, 16)
    assert torch.pdist(waves).min() > 0.4
    rows = torch.arange(
        5.0
    )  # the longest wave is four sides long, the side of eight; the shortest twelve times shorter
    longest, shortest = (2 * torch.pi * rows / length for length in (4 * 8, 4 * 8 / 12))
    torch.testing.assert_close(waves.view(5, 8, 16)[:, 3, 4:8:3], torch.stack([shortest.cos(), longest.cos()], 1))
    with pytest.raises(ValueError, match="multiple of 4"):
        sine_positions(2, 2, 10)
