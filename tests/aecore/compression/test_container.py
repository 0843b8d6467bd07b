"""Digits as files: they come back, from Python and from the command line, and what is no such file is refused."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import aecore
from aecore import checkpoints, metrics
from aecore.__main__ import app
from aecore.compression import coder, codes
from aecore.compression.container import HEADER, LEVEL, MOST_DIGITS, compress, decompress, unpack
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import CompressedFileError, DataError
from aecore.latent.samples import sheet

pytestmark = pytest.mark.skipif(not set(codes.NETWORKS) <= set(checkpoints.names()), reason="no trained models here")


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:3].float() / 255


@pytest.fixture(scope="module")
def data(x):
    return compress(x, "ae-conv")


def forged(data: bytes, version: int = 1, level: int = LEVEL, count: int = 1, payload: bytes | None = None) -> bytes:
    """A file with a right checksum whatever it holds."""
    payload = data[HEADER.size :] if payload is None else payload
    head = data[:4] + bytes([version]) + data[5:9] + bytes([level]) + struct.pack(">H", count)
    return head + struct.pack(">I", zlib.crc32(head + payload)) + payload


@pytest.mark.parametrize("network", codes.NETWORKS)
def test_what_is_written_is_what_is_read(network, x):
    """The file holds what rounding the code by hand gives, decoded by the network itself."""
    engine, step = get_engine(), codes.STEPS[10]
    data = aecore.compress(x, network, step)
    code = codes.load(engine, network)
    z = engine.encode(network, x)
    by_hand = engine.decode(network, (z / (code.scale * step)).round() * code.scale * step)
    torch.testing.assert_close(aecore.decompress(data), by_hand, atol=1e-4, rtol=0)
    assert unpack(engine, data).network == network
    assert len(data) - HEADER.size <= sum(coder.ideal_bits(code.symbols(x, 10), code.tables[10])) / 8 + 2


def test_a_finer_step_costs_more_and_keeps_more(x):
    sizes, quality = [], []
    for level in (2, 7, 12):
        data = compress(x, "compress", codes.STEPS[level])
        sizes.append(len(data))
        quality.append(float(metrics.psnr(x, decompress(data)).mean()))
    assert sizes == sorted(set(sizes)) and quality == sorted(set(quality))


def test_every_flipped_bit_and_every_truncation_is_refused(data):
    for place in range(len(data)):
        for bit in range(8):
            broken = bytearray(data)
            broken[place] ^= 1 << bit
            with pytest.raises(CompressedFileError):
                decompress(bytes(broken))
    for length in range(len(data)):
        with pytest.raises(CompressedFileError):
            decompress(data[:length])


def test_forged_files_are_opened_or_refused_in_words(data):
    rng = np.random.default_rng(0)
    for _ in range(150):
        payload = rng.bytes(int(rng.integers(0, 80)))
        given = forged(data, 1, int(rng.integers(0, codes.LEVELS)), int(rng.integers(1, 4)), payload)
        try:
            assert torch.isfinite(decompress(given)).all()
        except CompressedFileError as error:
            assert str(error).endswith(".")


@pytest.mark.parametrize("network", codes.NETWORKS)
def test_a_forged_file_of_many_digits_never_makes_the_numbers_grow(network, x, monkeypatch):
    """A number that left its interval grew by a byte at each shift: minutes for a file of some 20 kB."""
    symbol, steps = coder._Decoder.symbol, []

    def watched(decoder, below, shares) -> int:
        steps.append(decoder.offset.bit_length())
        assert steps[-1] <= 64
        return symbol(decoder, below, shares)

    monkeypatch.setattr(coder._Decoder, "symbol", watched)
    payload = np.random.default_rng(0).bytes(100_000)
    with pytest.raises(CompressedFileError, match="holds no digits") as refused:
        decompress(forged(compress(x, network), count=MOST_DIGITS, payload=payload))
    assert isinstance(refused.value.__cause__, DataError)
    assert steps


def test_a_small_file_takes_no_large_memory(data):
    tracemalloc.start()
    for count in (MOST_DIGITS + 1, 65535, 0):
        with pytest.raises(CompressedFileError, match="no lab writes"):
            decompress(forged(data, count=count))
    with pytest.raises(CompressedFileError, match="checksum"):
        decompress(data + bytes(1 << 21))
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_what_it_is_instead_is_said(data, x):
    said = {
        b"": "cut short",
        data[:9]: "cut short",
        b"GIF89a" + bytes(40): "no file of compressed digits",
        forged(data, version=2): "version 2",
        forged(data, level=codes.LEVELS): "no lab writes",
        data[:5] + b"\xff\xff\xff\xff" + data[9:12] + struct.pack(
            ">I", zlib.crc32(data[:5] + b"\xff\xff\xff\xff" + data[9:12] + data[16:])
        ) + data[16:]: "another network",
    }  # fmt: skip
    for given, words in said.items():
        with pytest.raises(CompressedFileError, match=words):
            decompress(given)


def test_nonsense_is_refused(x):
    with pytest.raises(ValueError, match="network must be one of"):
        compress(x, "judge")
    for step in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="step must be"):
            compress(x, step=step)
    with pytest.raises(ValueError, match="1 to 1000 digits"):
        compress(x[:0])
    with pytest.raises(ValueError, match="divide by 255"):
        compress(x + 7)


def test_without_its_tables_it_says_how_to_make_them(monkeypatch, tmp_path, data):
    monkeypatch.setattr(codes, "path", lambda name: tmp_path / f"{name}.safetensors")
    with pytest.raises(DataError, match="python -m aecore tables"):
        compress(torch.zeros(1, 1, 28, 28))
    with pytest.raises(CompressedFileError, match="another network"):
        decompress(data)
    (tmp_path / "ae-conv.safetensors").write_bytes(b"no tables")
    with pytest.raises(DataError, match="damaged"):
        compress(torch.zeros(1, 1, 28, 28), "ae-conv")


def test_there_and_back_in_the_shell(tmp_path, x):
    picture, packed, back = (tmp_path / name for name in ("in.png", "in.aec", "back.png"))
    picture.write_bytes(sheet(x[:1, 0].mul(255).byte().numpy(), 1, scale=1))
    run = CliRunner().invoke
    done = run(app, ["compress", str(picture), "-o", str(packed), "--step", "0.5"])
    assert done.exit_code == 0 and "1 digit in " in done.output, done.output
    assert len(packed.read_bytes()) < 120
    done = run(app, ["decompress", str(packed), "-o", str(back)])
    assert done.exit_code == 0 and back.read_bytes()[:4] == b"\x89PNG", done.output
    done = run(app, ["decompress", str(picture), "-o", str(back)])
    assert done.exit_code == 1 and "no file of compressed digits" in done.output
    assert run(app, ["compress", str(picture), "-o", str(tmp_path / "out.png")]).exit_code == 2
    assert run(app, ["compress", str(picture), "--step", "9", "-o", str(packed)]).exit_code == 2


def test_the_shipped_tables_are_the_networks():
    """Counted again on some of the training digits: nearly each of them has a share that says so."""
    images, _ = load_digits("train")
    x = images[::60].float() / 255
    for name in codes.NETWORKS:
        code = codes.load(get_engine(), name)
        symbols = code.symbols(x, 7)
        own = coder.ideal_bits(symbols, [coder.fit(column) for column in symbols.T]).mean()
        assert own < coder.ideal_bits(symbols, code.tables[7]).mean() < 1.1 * own + 8


def test_pca_and_dct_only_turn_the_pixels():
    axes = codes.cosines()
    torch.testing.assert_close(axes @ axes.t(), torch.eye(784), atol=1e-5, rtol=0)
    from scipy.fft import dctn

    x = load_digits("test")[0][0, 0].double() / 255
    ours = (axes.double() @ x.flatten()).view(28, 28)
    np.testing.assert_allclose(ours.numpy(), dctn(x.numpy(), norm="ortho"), atol=1e-5)
