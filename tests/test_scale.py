"""docs/scale.md says what the saved measurements say, and its arithmetic is right."""

import json

import pytest

from benchmarks import scale

RUN = {"machine": {"cores": 2, "memory GB": 8}, "processes": 2, "visitors": 50, "CPU ms an interaction": 60}
RUN |= {"memory MB": {"warm": 1000, "most": 1100}}


def test_the_page_is_what_was_measured():
    records = [json.loads(path.read_text()) for path in (scale.VISITS, scale.CLUSTER)]
    assert scale.PAGE.read_text() == scale.written(*records), "python -m benchmarks.scale writes it anew"


def test_the_arithmetic():
    """100,000 a day, 15% in the busiest hour, ten minutes each: 2,500 at once; one interaction in 6 s each."""
    need = scale.need(100_000, RUN)
    assert need.at_once == 2500 and need.a_second == pytest.approx(2500 / 6)
    assert need.cores == 42  # 416.7 x 0.06 s = 25 cores, at 60%
    assert need.memory == 26  # GB: 42 processes of 500 MB, 2,500 visitors of 2 MB


def test_the_heaviest_run_is_taken_over():
    light, heavy = ({"visitors": n, "seconds": 9, "interactions": 7} | RUN | {"visitors": n} for n in (20, 100))
    kept = scale.taken_over({"machine": RUN["machine"], "processes": 2, "runs": {"20": light, "100": heavy}})
    assert kept["visitors"] == 100 and scale.need(1000, kept).cores == 1
