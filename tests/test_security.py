"""SECURITY.md's tables of faults name tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))


def test_there_are_rows():
    assert len(ROWS) >= 40


@pytest.mark.parametrize(("file", "test"), sorted(set(ROWS)))
def test_a_row_has_its_test(file, test):
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
