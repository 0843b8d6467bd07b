"""Hostile files and arbitrary input: `aecore.intake.files` answers with digits or an ImageError, soon and in bounds."""

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from aecore.errors import ImageError
from aecore.intake.files import MAX_DIGITS, digit_from_strokes, digits_from_bytes
from tests.hostile_files import encode, hostile, mutated, seeds

pytestmark = pytest.mark.filterwarnings("ignore")  # Pillow warns of odd files; the answer is what counts
MAX_SECONDS = 3.0
MAX_EXTRA = 50 * 2**20


SEEDS = seeds()


def assert_holds(data):
    """Digits that keep the contract, or ImageError; never anything else, never slow."""
    start = time.process_time()
    try:
        digits = digits_from_bytes(data)
    except ImageError as error:
        digits = None
        assert 10 < len(str(error)) < 200
    assert time.process_time() - start < MAX_SECONDS
    if digits is not None:
        assert 1 <= len(digits) <= MAX_DIGITS
        for digit in digits:
            assert digit.x.shape == (1, 1, 28, 28)
            assert digit.x.isfinite().all() and digit.x.min() >= 0 and digit.x.max() <= 1 and digit.x.sum() > 0
            left, top, right, bottom = digit.box
            assert 0 <= left < right and 0 <= top < bottom
    return digits


@pytest.mark.parametrize("name", SEEDS)
def test_real_files_are_read(name):
    assert len(assert_holds(SEEDS[name])) == 2


@pytest.mark.parametrize("name", SEEDS)
def test_mutated_files(name):
    """30 mutations of each kind of file; benchmarks/abuse has thousands."""
    rng = np.random.default_rng(list(name.encode()))
    for _ in range(30):
        assert_holds(mutated(SEEDS[name], rng))


@pytest.mark.parametrize("name", SEEDS)
def test_truncated_files(name):
    data = SEEDS[name]
    for share in (0.02, 0.3, 0.6, 0.9):
        if name in ("gif", "mpo") and share > 0.4:
            continue  # the first frame is whole
        with pytest.raises(ImageError):
            digits_from_bytes(data[: int(share * len(data))])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([data[:40] for data in SEEDS.values()] + [b""]))
def test_arbitrary_bytes(tail, head):
    assert_holds(head + tail)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70)), fill=st.integers(0, 255)))
def test_arbitrary_pictures(pixels):
    assert_holds(encode(Image.fromarray(pixels), "PNG"))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 300), st.integers(5, 300), st.floats(0, 120))
def test_noise_pictures(seed, width, height, level):
    noise = np.random.default_rng(seed).normal(128, level, (height, width, 3))
    assert_holds(encode(Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8)), "PNG"))


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.float32, np.bool_, np.int64, np.float64]),
        arrays.array_shapes(min_dims=0, max_dims=3, max_side=40),
    )
)
def test_arbitrary_drawings(array):
    try:
        digit = digit_from_strokes(array)
    except ImageError:
        return
    assert digit.x.isfinite().all() and digit.x.min() >= 0 and digit.x.max() <= 1 and digit.x.sum() > 0


PROBE = """
import os, resource, sys, time
from pathlib import Path
from aecore.intake.files import digits_from_bytes
from aecore.errors import ImageError

digits_from_bytes(Path(sys.argv[1]).read_bytes())  # what any picture needs
for path in sys.argv[2:]:
    sys.stdout.flush()
    if os.fork():
        os.wait()
        continue
    data = Path(path).read_bytes()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        answer = f"{len(digits_from_bytes(data))} digits"
    except ImageError as error:
        answer = str(error)
    extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(time.process_time() - start, extra * 1024, answer, sep=";", flush=True)
    os._exit(0)
"""


def test_hostile_files_cost_little(tmp_path):
    """Each in a process of its own: refused within 3 s of work and 50 MB above what a normal picture takes."""
    files = {"normal": SEEDS["png"], **hostile()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "-c", PROBE, *(str(tmp_path / name) for name in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    lines = done.stdout.splitlines()
    assert len(lines) == len(files) - 1, done.stdout + done.stderr
    for name, line in zip(list(files)[1:], lines, strict=True):
        seconds, extra, answer = line.split(";")
        print(f"{name:28s} {float(seconds):5.2f} s {int(extra) / 2**20:5.1f} MB  {answer}")
        assert not answer.endswith("digits"), (name, answer)
        assert float(seconds) < MAX_SECONDS and int(extra) < MAX_EXTRA, (name, line)
