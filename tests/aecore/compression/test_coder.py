"""The range coder against Shannon's bound on real data, and what goes in comes out."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aecore.compression.coder import FARTHEST, TOTAL, Table, decode, encode, fit, from_counts, ideal_bits
from aecore.data import load_digits
from aecore.errors import DataError
from tests import node


@pytest.fixture(scope="module")
def pixels() -> tuple[np.ndarray, np.ndarray]:
    """Real symbols: 196 pixels in 16 greys, of 4,000 training digits and of 200 test digits."""
    train, test = (load_digits(split)[0][:, 0, ::2, ::2].flatten(1).numpy() // 16 for split in ("train", "test"))
    return train[:4000].astype(int), test[:200].astype(int)


def test_real_bytes_lie_at_shannons_bound(pixels):
    train, test = pixels
    tables = [fit(column) for column in train.T]
    real = np.array([8 * len(encode(row, tables)) for row in test])
    ideal = ideal_bits(test, tables)
    assert (real >= ideal - 8).all()  # the last byte's zeros go without saying
    assert (real <= ideal + 12).all()
    assert real.mean() <= 1.001 * ideal.mean() + 5


def test_no_table_beats_the_entropy_of_what_it_was_made_of(pixels):
    """The mean cost by the tables of the very data is its empirical entropy, computed here from the counts."""
    train, _ = pixels
    entropy = 0.0
    for column in train.T:
        p = np.unique(column, return_counts=True)[1] / len(column)
        entropy -= (p * np.log2(p)).sum()
    mean = ideal_bits(train, [fit(column) for column in train.T]).mean()
    assert entropy <= mean < entropy + 0.5


def test_real_symbols_come_back(pixels):
    train, test = pixels
    tables = [fit(column) for column in train[:50].T]  # of few, so that some of the others lie outside
    assert ((test < train[:50].min(0)) | (test > train[:50].max(0))).any()
    for row in test:
        assert decode(encode(row, tables), tables) == row.tolist()


@st.composite
def messages(draw) -> tuple[list[Table], list[int]]:
    tables, symbols = [], []
    for _ in range(draw(st.integers(1, 12))):
        counts = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
        tables.append(from_counts(draw(st.integers(-50, 50)), np.array(counts)))
        near = st.integers(tables[-1].first - 3, tables[-1].first + len(counts) + 3)
        symbols.append(draw(st.one_of(near, near, near, st.integers(-FARTHEST // 2, FARTHEST // 2))))
    return tables, symbols


@settings(max_examples=80, deadline=None)
@given(messages())
def test_any_symbols_come_back_by_any_tables(message):
    tables, symbols = message
    data = encode(symbols, tables)
    assert decode(data, tables) == symbols
    ideal = ideal_bits(np.array([symbols]), tables)[0]
    assert 8 * len(data) <= ideal + 12


def test_carries_run_through_bytes_that_are_full():
    """The likeliest symbols at the upper end of the interval, many times: the bytes are 255s until one carries."""
    table = from_counts(0, np.array([1, 10**9]))
    symbols = [1] * 3000 + [0] + [1] * 3000
    assert decode(encode(symbols, [table]), [table], len(symbols)) == symbols


def test_the_bytes_are_these_on_every_machine():
    tables = [from_counts(-2, np.array([1, 5, 40, 5, 1])), from_counts(0, np.array([3, 1]))]
    assert encode([0, 1, -2, 0, 7, -300], [tables[0], tables[1], tables[0]]).hex() == "b20ff850fe7d16d919"


@given(st.binary(max_size=40))
def test_foreign_bytes_are_read_as_some_symbols_or_refused(data):
    tables = [from_counts(0, np.array([1, 2, 3]))] * 20
    with contextlib.suppress(DataError):
        assert len(decode(data, tables)) == 20


def test_what_makes_no_sense_is_refused():
    table = from_counts(0, np.array([1, 1]))
    with pytest.raises(ValueError, match="too far outside"):
        encode([FARTHEST + 2], [table])
    for shares in ((TOTAL - 1,), (TOTAL, 0), (TOTAL + 1, -1)):
        with pytest.raises(ValueError, match="shares must"):
            Table(0, shares)
    for counts in ([0, 0], []):
        with pytest.raises(ValueError, match="values"):
            from_counts(0, np.array(counts, int))
    with pytest.raises(ValueError, match="needs symbols"):
        fit(np.array([], int))


BROWSER = """async (load, tables, messages) => {
    const coder = await load("/pages/compress/rate/coder.js")
    const made = tables.map(({ first, shares }) => coder.tableOf(first, shares))
    return messages.map((symbols) => {
        const data = coder.encode(symbols, made)
        return { data: [...data], symbols: coder.decode(data, made) }
    })
}"""


def test_the_browser_writes_the_same_bytes_and_reads_them(pixels):
    train, test = pixels
    tables = [fit(column) for column in train[:50].T]  # some of the test's symbols lie outside
    messages = [[*row[:-1], far] for row, far in zip(test[:60].tolist(), range(-300, 300, 10), strict=True)]
    said = node.run(BROWSER, [{"first": t.first, "shares": t.shares} for t in tables], messages)
    for symbols, answer in zip(messages, said, strict=True):
        assert bytes(answer["data"]) == encode(symbols, tables)
        assert answer["symbols"] == symbols


FOREIGN = """async (load, tables, payloads) => {
    const coder = await load("/pages/compress/rate/coder.js")
    const made = tables.map(({ first, shares }) => coder.tableOf(first, shares))
    return payloads.map((data) => {
        try { return coder.decode(Uint8Array.from(data), made) } catch (error) { return error.constructor.name }
    })
}"""


def test_the_browser_refuses_the_same_foreign_bytes(pixels):
    """Random bytes, which leave the interval sooner or later; before that they are some symbols."""
    train, _ = pixels
    tables = [fit(column) for column in train.T]
    payloads = [np.random.default_rng(seed).bytes(200) for seed in range(200)]
    said = node.run(
        FOREIGN, [{"first": t.first, "shares": t.shares} for t in tables], [list(data) for data in payloads]
    )
    refused = 0
    for data, answer in zip(payloads, said, strict=True):
        try:
            assert decode(data, tables) == answer
        except DataError:
            assert answer == "RangeError"
            refused += 1
    assert 0 < refused < len(payloads)


def test_bytes_above_every_share_are_refused():
    """What is left over where the interval's width is no multiple of TOTAL belongs to no share; 255s end up there."""
    with pytest.raises(DataError, match="no such symbols"):
        decode(b"\xff" * 40, [from_counts(0, np.array([1, 1, 1]))], 400)
