"""The Compress page's heartbeats: what the browser asks for, and the words that it makes of numbers."""

import base64

import numpy as np
import pytest

from aecore.compression import heartbeat, heartbeat_table
from aecore.compression.heartbeat import Wavelet
from aecore.compression.heartbeat_table import LEARNT, WAVELET, Curve, Measured, Point
from aecore.data.heartbeats import MINUTE, TEST, strips
from pages.compress import heartbeat as part
from pages.compress.heartbeat import measured


def test_the_browser_gets_the_strip_and_what_comes_back():
    said = part.answer({"record": TEST[2], "step": 1.5})
    lines = [np.frombuffer(base64.b64decode(text), "<i2") for text in (said["truth"], said["ways"][1]["recon"])]
    assert lines[0].tolist() == strips()[TEST[2]].tolist()
    assert len(lines[1]) == MINUTE
    assert said["ways"][1]["size"] == len(heartbeat.encode(Wavelet(), strips()[TEST[2]], 1.5))
    assert said["ways"][1]["prd"] == pytest.approx(heartbeat.prd(*lines), abs=0.1)  # here in whole steps


@pytest.mark.parametrize("question", [None, [], {}, {"record": 101, "step": 1.0}, {"record": TEST[0], "step": 0.3}])
def test_questions_that_make_no_sense_are_refused(question):
    with pytest.raises(ValueError, match="no such strip"):
        part.answer(question)


def test_nonsense_in_a_setting_does_no_harm():
    assert part.checked(213, 1.5, 3) == (213, 1.5, 3)
    for record, step, begin in ((101, 1.5, 3), (float("nan"), float("inf"), -1), ("213", None, 10**9), (True, [], 3.5)):
        assert part.checked(record, step, begin)[0] in TEST
        assert part.checked(record, step, begin)[2] in (0, 3)


def test_the_verdict_says_only_what_two_points_allow():
    small, large = {"size": 100, "prd": 5.0}, {"size": 200, "prd": 9.0}
    assert part.verdict(small, large).startswith("Here the learnt code is both")
    assert part.verdict(large, small).startswith("Here the wavelet is both")
    assert "at the same error" in part.verdict({"size": 100, "prd": 9.0}, {"size": 200, "prd": 5.0})


def curve(factor: float) -> Curve:
    """Bytes that fall as a power of the error, for three people; factor: more bytes at any error."""
    people = (0.95, 1.0, 1.05)
    return Curve(
        [Point(step, [round(factor * p * 1e6 / step) for p in people], [2.0 * step] * 3) for step in (1, 3, 9)]
    )


def test_gaps_are_those_of_curves_that_are_known():
    table = Measured({LEARNT: curve(0.8), WAVELET: curve(1.0)}, [1, 2, 3])
    assert measured.gap(table, 8) == (pytest.approx(-20, abs=0.01), pytest.approx(0, abs=0.01))
    assert "From a PRD of 5% on the learnt code needs fewer bytes than the wavelet" in measured.takeaway(table)
    assert measured.takeaway(Measured({LEARNT: curve(1.3), WAVELET: curve(1.0)}, [1, 2, 3])).startswith(
        "**The wavelet wins"
    )
    assert not measured.reached(table, 20)


def test_the_shipped_table_makes_a_sentence():
    assert "at the same PRD" in measured.takeaway(heartbeat_table.load())
