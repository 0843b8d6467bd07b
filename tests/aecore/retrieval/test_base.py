"""What is searched: the shipped codes, the search from Python and from the command line, and files that are none."""

from dataclasses import replace

import pytest
import torch
from typer.testing import CliRunner

import aecore
from aecore import checkpoints
from aecore.__main__ import app
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.intervals import interval
from aecore.latent.samples import sheet
from aecore.models import build
from aecore.retrieval import base, table
from aecore.retrieval.bits import hamming, unpack

pytestmark = pytest.mark.skipif(base.NETWORK not in checkpoints.names(), reason="no trained models here")


def test_the_shipped_codes_are_the_networks():
    index, (images, y) = base.load(), load_digits("train")
    assert index.codes.shape == (60_000, 8) and index.y.tolist() == y.tolist()
    some = torch.arange(0, 60_000, 199)
    codes = base.code_of(get_engine(), images[some].float() / 255)
    differ = sum(int(hamming(code, index.codes[[place]])[0]) for code, place in zip(codes, some, strict=True))
    assert differ <= 3  # of 19,000 bits: another machine rounds otherwise


@pytest.mark.parametrize("bits", base.LENGTHS)
def test_a_search_finds_what_brute_force_finds(bits):
    x = load_digits("test")[0][:3].float() / 255
    index = base.load()
    z = get_engine().encode(base.NETWORK, x)[:, :bits] > 0
    codes = unpack(index.codes)[:, :bits]
    for row, hits in zip(z, aecore.search(x, k=5, bits=bits), strict=True):
        distance = (row != codes).sum(1)
        order = sorted(range(60_000), key=lambda i: (int(distance[i]), i))[:5]
        assert hits.places == order and hits.distance == distance[order].tolist()
        assert hits.y == index.y[order].tolist()


def test_a_training_digit_finds_itself():
    x = load_digits("train")[0][[41]].float() / 255
    (hits,) = aecore.search(x, k=60)
    assert hits.distance[0] <= 1 and 41 in hits.places


def test_nonsense_is_refused():
    x = torch.zeros(1, 1, 28, 28)
    with pytest.raises(ValueError, match="one of 16, 32, 64, not 8"):
        aecore.search(x, bits=8)
    with pytest.raises(ValueError, match="at least 1"):
        aecore.search(x, k=0)
    with pytest.raises(ValueError, match="divide by 255"):
        aecore.search(x + 7)


def test_codes_that_are_missing_damaged_or_anothers_are_refused(tmp_path, monkeypatch):
    index = base.load()
    monkeypatch.setattr(base, "path", lambda: tmp_path / "codes.safetensors")
    with pytest.raises(DataError, match="there is no codes"):
        base.load()
    base.save(replace(index, network="another"))
    with pytest.raises(DataError, match="of another network"):
        base.load()
    base.save(replace(index, codes=index.codes[:, :4].copy()))
    with pytest.raises(DataError, match="damaged"):
        base.load()
    base.path().write_bytes(b"no codes")
    with pytest.raises(DataError, match="damaged"):
        base.load()


def test_the_command_prints_hits_and_refuses_what_is_no_picture(tmp_path):
    images, y = load_digits("test")
    (tmp_path / "digit.png").write_bytes(sheet(images[:1, 0].numpy(), 1, scale=4))
    done = CliRunner().invoke(app, ["search", str(tmp_path / "digit.png"), "--bits", "32", "--hits", "3"])
    assert done.exit_code == 0, done.output
    assert "bits that differ" in done.output and str(int(y[0])) in done.output
    (tmp_path / "digit.png").write_bytes(b"no picture")
    done = CliRunner().invoke(app, ["search", str(tmp_path / "digit.png")])
    assert done.exit_code == 1 and "Traceback" not in done.output
    assert CliRunner().invoke(app, ["search", str(tmp_path / "digit.png"), "--bits", "8"]).exit_code == 2


def test_the_noise_comes_late_and_the_code_is_bits():
    model = build("hashing", {"latent_dim": 8, "lengths": (4,), "widths": (2, 4), "steepness": 0.2, "noise": 2.0})
    a = torch.full((4000, 8), 0.5)
    rng = torch.Generator().manual_seed(0)
    for progress, noise in ((0.1, 0.0), (0.5, 1.0), (0.9, 2.0)):
        model.progress = progress
        shaken = torch.atanh(model._noisy(a.double(), rng)) / 0.2 - 0.5
        assert float(shaken.std()) == pytest.approx(noise, rel=0.02, abs=1e-6)
    x = torch.rand(50, 1, 28, 28, generator=rng)
    model.train()
    model.encode(x)
    model.eval()
    assert set(model.encode(x).unique().tolist()) == {-1.0, 1.0}
    with pytest.raises(ValueError, match="lengths must be less"):
        build("hashing", {"latent_dim": 8, "lengths": (8,)})


def test_the_table_holds_the_bars():
    measured = table.load()
    bits = {length: measured.rows[table.key(table.HASHING, length)] for length in base.LENGTHS}
    middle = {length: interval(row.precision)[0] for length, row in bits.items()}
    assert middle[64] >= 93 and middle[32] >= 90 and interval(bits[64].average)[0] >= 80
    assert measured.rows[table.key(table.HASHING, 64)].size == 8 and not measured.stale(get_engine())
