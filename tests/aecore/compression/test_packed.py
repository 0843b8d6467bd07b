"""The file of a small net: what goes in comes out, in Python and JavaScript, near Shannon's bound; damage is seen."""

import base64
import functools
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from aecore import checkpoints
from aecore.compression import huffman
from aecore.compression.packed import LARGEST, PackedError, pack, unpack
from aecore.compression.pruning import prune
from aecore.compression.sharing import share, spread
from aecore.data import load_digits
from aecore.models import build
from aecore.recipes import RECIPES
from tests import node


@pytest.fixture(scope="module")
def made():
    """The judge, cut and shared, with random averages in its normalisations; its file."""
    model = checkpoints.load("judge")
    shared = share(model, prune(model, 0.95), 4)
    for one in shared.values():
        one.values.copy_(one.values.half())
    spread(model, shared)
    return model, shared, pack("judge", model, shared)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=300))
def test_huffman_gives_back_what_it_was_given(symbols):
    symbols = np.array(symbols)
    bits = huffman.lengths(np.bincount(symbols, minlength=41))
    assert huffman.complete(bits)
    stream = huffman.join(huffman.codes(bits)[symbols], huffman.spent(bits)[symbols])
    again, _, end = huffman.split(stream, len(symbols), bits, np.zeros(41, int))
    assert again.tolist() == symbols.tolist()
    assert end == len(stream)


def test_huffman_is_optimal_to_within_a_bit_and_never_longer_than_15():
    counts = np.array([1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181, 6765])
    bits = huffman.lengths(counts)  # Fibonacci's numbers: without a limit the longest code has 19 bits
    assert bits.max() <= 15
    p = counts / counts.sum()
    entropy = -(p * np.log2(p)).sum()
    assert entropy <= (p * bits).sum() < entropy + 1


def test_a_net_comes_back_as_it_went_in(made):
    model, shared, data = made
    net = unpack(data)
    assert net.name == "judge"
    for name, one in shared.items():
        assert torch.equal(net.shared[name].index, one.index)
        assert torch.equal(net.shared[name].values, one.values)
    x = load_digits("test")[0][:200].float() / 255
    assert net.model(x).numpy() == pytest.approx(model(x).numpy(), abs=0.02)  # normalisations in half precision
    assert (net.model(x).argmax(1) == model(x).argmax(1)).all()
    assert net.size.total == len(data)


def test_the_bytes_lie_near_shannons_bound(made):
    """Positions as if each were drawn alone by its layer's density, values by their frequencies."""
    _, shared, data = made
    bits = 0.0
    for one in shared.values():
        p = np.bincount(one.index.flatten().numpy()) / one.index.numel()
        bits -= one.index.numel() * (p[p > 0] * np.log2(p[p > 0])).sum()
    size = unpack(data).size
    assert 0.9 * bits / 8 < size.positions + size.values < 1.06 * bits / 8


@functools.cache
def small_file():
    recipe = RECIPES["dae-tanh-500"]
    model = build(recipe.family, recipe.config)
    return pack("dae-tanh-500", model, share(model, prune(model, 0.998), 4))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 255), st.booleans())
def test_a_damaged_file_is_refused(place, change, mended):
    """One byte changed, and also where the check sum was made to fit: refused, or a net of finite numbers."""
    data = bytearray(small_file())
    data[place % (len(data) - 4)] ^= change
    if mended:
        data[-4:] = struct.pack("<I", zlib.crc32(bytes(data[:-4])))
    try:
        net = unpack(bytes(data))
    except PackedError as error:
        assert str(error).endswith(".")
        return
    assert mended
    assert all(bool(value.isfinite().all()) for value in net.model.state_dict().values())


@pytest.mark.parametrize("size", [0, 3, 10, 100, 5000, -1])
def test_a_file_that_was_cut_is_refused(made, size):
    with pytest.raises(PackedError):
        unpack(made[2][:size])


def test_a_file_that_is_too_large_is_refused_before_memory_is_taken(made):
    assert len(made[2]) < LARGEST
    body = made[2][:-4] + bytes(LARGEST)
    data = body + struct.pack("<I", zlib.crc32(body))
    tracemalloc.start()
    with pytest.raises(PackedError, match="at most 400,000"):
        unpack(data)
    assert tracemalloc.get_traced_memory()[1] < len(data) / 2  # not even a copy
    tracemalloc.stop()


JAVASCRIPT = """async (load, whole, small, x, broken) => {
    const { loadNetwork } = await load("/ui/live/network.js")
    const { unpackSmall } = await load("/ui/live/small.js")
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer
    const network = await loadNetwork(bytes(whole))
    const { network: net, shared } = unpackSmall(bytes(small), network)
    const index = Object.fromEntries(Object.entries(shared).map(([name, one]) => [name, [...one.index]]))
    const said = broken.map((text) => {
        try { unpackSmall(bytes(text), network) } catch (error) { return `${error.constructor.name}: ${error.message}` }
        return "nothing"
    })
    return [x.map((one) => [...net.forward(Float32Array.from(one))]), index, said]
}"""


def test_javascript_reads_the_same_file(made):
    _, _, data = made
    net, x = unpack(data), load_digits("test")[0][:3].float() / 255
    text = base64.b64encode(data).decode()
    broken = [data[:100], data[:-9] + b"\0" * 9, b"AESN" + data[4:50] + bytes(60), b"no such file at all"]
    whole = base64.b64encode(checkpoints.path_of("judge").read_bytes()).decode()
    broken = [base64.b64encode(part).decode() for part in broken]
    logits, index, said = node.run(JAVASCRIPT, whole, text, x.flatten(1).tolist(), broken)
    assert np.array(logits) == pytest.approx(net.model(x).numpy(), abs=1e-3)
    assert {name: one.index.flatten().tolist() for name, one in net.shared.items()} == index
    assert all(answer.startswith("CheckpointError: this") for answer in said), said
