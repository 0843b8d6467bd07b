"""RESULTS.md is made of what the benchmarks have saved, section by section."""

import json

from benchmarks import report
from benchmarks.abuse.tally import Tally, kind_of


def test_what_was_not_measured_is_called_so(tmp_path):
    assert report.written(tmp_path).count("Not measured yet.") == len(report.SECTIONS)


def test_a_part_is_a_row_and_what_was_not_caught_is_named(tmp_path):
    tallies = {
        "png": {"tried": 1200, "refused": 1000, "uncaught": 0, "worst_seconds": 0.5, "worst_mb": 1.0, "examples": {}},
        "gif": {"tried": 34, "refused": 30, "uncaught": 2, "worst_seconds": 2.5, "worst_mb": 0.5}
        | {"examples": {"KeyError at x.py:3": "gif, number 7"}},
    }
    record = {"machine": {"cores": 2, "memory_gb": 8}, "files": {"seed": 0, "tallies": tallies}}
    (tmp_path / "abuse.json").write_text(json.dumps(record))
    text = report.written(tmp_path)
    assert "| Pictures with seeded mutations | 1,234 | 1,030 | 2 | 2.50 | 1.00 |" in text
    assert "- files: KeyError at x.py:3" in text and "2 cores, 8 GB" in text


def test_tallies_add_up():
    whole, part = Tally(), Tally(tried=3, refused=1, worst_seconds=2.0)
    try:
        {}["a"]
    except KeyError as error:
        part.fault(kind_of(error), "this one")
    for _ in range(2):
        whole.add(part)
    assert (whole.tried, whole.refused, whole.uncaught, whole.worst_seconds) == (6, 2, 2, 2.0)
    (kind,) = whole.examples
    assert kind.startswith("KeyError at test_report.py:") and whole.examples[kind] == "this one"
