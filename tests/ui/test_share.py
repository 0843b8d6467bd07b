"""The Share panel's answer: the visitor's own address with the drawing in it, and its QR code."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest

from ui.head.share import MOST, answer
from ui.input.pad.link import decode
from ui.input.pad.strokes import stroke

SEVEN = [stroke([(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)])]
PAGE = "https://lab.example.org/course/denoise?denoise_kind=dropout&denoise_strength=0.5"


def asked(address: str = PAGE, **drawings) -> dict:
    return answer(json.loads(json.dumps({"address": address, "drawings": drawings})))


def test_the_link_is_the_visitor_s_address_with_the_drawing():
    link = asked(pad=SEVEN)["link"]
    assert link.startswith(f"{PAGE}&pad=1") and len(link) < len(PAGE) + 40
    assert decode(parse_qs(urlsplit(link).query)["pad"][0])[0]["width"] == SEVEN[0]["width"]


def test_how_the_sender_looks_at_the_page_and_an_older_drawing_stay_behind():
    assert asked(f"{PAGE}&present=1&embed=true&pad=1old&pad_b=1old#place")["link"] == PAGE
    assert asked(f"{PAGE}&pad=1old", pad_b=SEVEN)["link"].startswith(f"{PAGE}&pad_b=1")


def test_a_drawing_too_long_is_left_out_and_the_panel_says_so():
    rng = np.random.default_rng(0)
    scribbles = [stroke(rng.uniform(0, 1, (50, 2)).tolist()) for _ in range(60)]
    shared = asked(pad=scribbles)
    assert shared["link"] == PAGE and "settings alone" in shared["said"]
    long = f"{PAGE}&mask={'x' * (MOST - len(PAGE) - 20)}"
    assert asked(long, pad=SEVEN)["link"] == long and "settings alone" in asked(long, pad=SEVEN)["said"]


@pytest.mark.parametrize("drawings", [{}, {"pad": SEVEN}])
def test_a_camera_reads_the_link_from_the_code(drawings):
    shared = asked(**drawings)
    assert cv2.QRCodeDetector().detectAndDecode(pixels(shared["qr"]))[0] == shared["link"]


def pixels(uri: str) -> np.ndarray:
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize(
    "question",
    [
        None,
        [],
        {},
        {"address": PAGE},
        {"address": "javascript:alert(1)", "drawings": {}},
        {"address": "https://a/" + "x" * 5000, "drawings": {}},
        {"address": PAGE, "drawings": {"password": SEVEN}},
        {"address": PAGE, "drawings": {"pad": "ink"}},
        {"address": PAGE, "drawings": {"pad": [{}]}},
    ],
)
def test_other_questions_make_no_sense(question):
    with pytest.raises(ValueError):
        answer(question)
