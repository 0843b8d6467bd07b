"""MNIST is the original, is checked, and the test split alone does not read the training file."""

import gzip
import hashlib

import numpy as np
import pytest
import torch

from aecore.data import digits, load_digits, load_photos, photo_patches
from aecore.errors import DataError

# published for the original archives' contents
MD5 = {"train": "6bbc9ace898e44ae57da46a324031adb", "test": "2646ac647ad5339dbf082846283269ea"}


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
def test_digits_are_the_original_bytes(split, count):
    x, y = load_digits(split)
    assert x.shape == (count, 1, 28, 28) and x.dtype == torch.uint8
    assert y.shape == (count,) and y.dtype == torch.int64 and set(y.tolist()) == set(range(10))
    header = (0x803).to_bytes(4, "big") + b"".join(n.to_bytes(4, "big") for n in (count, 28, 28))
    assert hashlib.md5(header + x.numpy().tobytes()).hexdigest() == MD5[split]


def test_test_split_does_not_open_the_training_files(monkeypatch):
    opened = []
    original = digits._read_idx
    monkeypatch.setattr(digits, "_read_idx", lambda name: opened.append(name) or original(name))
    load_digits("test")
    assert opened == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]


def test_altered_and_missing_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(digits, "_HERE", tmp_path)
    with pytest.raises(DataError, match="missing"):
        load_digits("test")
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"other"))
    with pytest.raises(DataError, match="altered"):
        load_digits("test")


def test_no_network_is_a_clear_message(tmp_path, monkeypatch):
    import torchvision.datasets

    def refuse(*args, **kwargs):
        raise RuntimeError("Error downloading")

    monkeypatch.setenv("AECORE_CACHE", str(tmp_path))
    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", refuse)
    with pytest.raises(DataError, match="could not be downloaded"):
        load_digits("train", "fashion")


@pytest.mark.parametrize("bad", [{"split": "validation"}, {"split": "test", "dataset": "svhn"}])
def test_unknown_names_are_value_errors(bad):
    with pytest.raises(ValueError, match="must be"):
        load_digits(**bad)


def test_idx_of_another_type_is_refused():
    signed = gzip.compress(bytes([0, 0, 9, 1, 0, 0, 0, 1, 7]))
    assert digits.read_idx(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 1, 7]))).tolist() == [7]
    with pytest.raises(DataError, match="IDX"):
        digits.read_idx(signed)


def test_photos_come_from_installed_packages_and_keep_the_test_pictures_apart():
    train, test = load_photos("train"), load_photos("test")
    assert len(train) == 20 and set(test) == {"camera", "chelsea", "coffee"} and not set(train) & set(test)
    for picture in (*train.values(), *test.values()):
        assert picture.dtype == np.uint8 and picture.shape[2:] in ((), (3,)) and picture.std() > 1
    with pytest.raises(ValueError, match="split"):
        load_photos("all")


def test_patches_are_cut_from_the_pictures():
    x, origins = photo_patches("test")
    assert x.shape == (192, 3, 64, 64) and x.dtype == torch.uint8 and origins.bincount().tolist() == [64, 64, 64]
    again, _ = photo_patches("test")
    assert torch.equal(x, again) and not torch.equal(x, photo_patches("test", seed=1)[0])
    grey = x[origins == 0]  # camera
    assert torch.equal(grey[:, 0], grey[:, 2])
    camera = load_photos("test")["camera"]
    windows = np.lib.stride_tricks.sliding_window_view(camera, (1, 64))[:, :, 0]  # (512, 449, 64)
    assert any((windows == patch[0, 0].numpy()).all(-1).any() for patch in grey[:12])  # those not shrunk
