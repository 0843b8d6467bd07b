"""The verbs: every model that is listed does its verb, wrong questions are told so, seeds fix what is random."""

import base64
import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from aecore.checkpoints import names
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import AecoreError
from aecore.latent.samples import sheet
from aecore.restore import upscaling
from aecore.service import answers, choices, verbs
from aecore.service.verbs import VERBS

pytestmark = pytest.mark.skipif(not {"judge", "dae", "vae", "cvae"} <= set(names()), reason="no trained models here")
ENGINE = get_engine()
DIGITS, Y = (part[:2] for part in load_digits("test"))
X = DIGITS.float() / 255  # (2, 1, 28, 28)
NUMBERS = X[:, 0].tolist()


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


PICTURE = sheet(DIGITS[:, 0].numpy(), 2, scale=4)
QUESTIONS = {  # of digits as numbers
    "denoise": {"digits": NUMBERS},
    "inpaint": {"digits": NUMBERS, "hole": "half"},
    "upscale": {"digits": NUMBERS, "side": 14},
    "encode": {"digits": NUMBERS},
    "decode": {"labels": [1, 2]},
    "generate": {"text": "12"},
    "read": {"digits": NUMBERS},
}


def made(verb: str, **said) -> verbs.Made:
    return verbs.make(verb, verbs.ask(verb, said, ENGINE), ENGINE)


def refused(verb: str, **said) -> str:
    with pytest.raises(AecoreError) as error:
        made(verb, **said)
    return str(error.value)


@pytest.mark.parametrize("verb", VERBS)
def test_every_model_that_is_listed_does_its_verb(verb):
    for model in VERBS[verb].models(ENGINE):  # not while tests are collected: all networks are loaded for it
        does(verb, model)


def does(verb: str, model: str) -> None:
    said = QUESTIONS[verb] | {"model": model}
    if model in ENGINE.restorers("photo"):
        said = {"picture": PICTURE, "model": model}
    if verb == "decode":
        said["codes"] = [[0.5] * choices.latent_dim(ENGINE, model)] * 2
    if model == "vae-search":
        said["digits"] = NUMBERS[:1]
    whole = json.loads(answers.to_json(made(verb, **said)))
    assert whole["model"] == model
    if verb == "encode":
        assert len(whole["codes"]) == 2 and len(whole["codes"][0]) == whole["latent_dim"]
    else:
        picture = Image.open(io.BytesIO(base64.b64decode(whole["picture"])))
        assert picture.size == (whole["width"], whole["height"])


def test_what_comes_out_is_what_the_engine_makes():
    clean = made("denoise", digits=NUMBERS, scale=1)
    assert torch.allclose(clean.digits, ENGINE.reconstruct("dae", X), atol=1e-6)
    pixels = np.asarray(Image.open(io.BytesIO(clean.png)))  # (28, 56): side by side
    assert np.abs(pixels[:, 28:] / 255 - clean.digits[1, 0].numpy()).max() < 0.003
    enlarged = made("upscale", digits=upscaling.lower(X, 4)[:, 0].tolist(), model="bicubic").digits
    assert torch.allclose(enlarged, upscaling.upscale(ENGINE, "bicubic", upscaling.lower(X, 4)), atol=1e-6)
    top = made("inpaint", digits=NUMBERS, hole="half", strength=0.5).digits
    assert torch.equal(top[:, :, 14:], X[:, :, 14:]) and not torch.equal(top[:, :, :14], X[:, :, :14])


def test_a_code_is_drawn_as_the_digit_that_it_was_made_of():
    coded = made("encode", picture=PICTURE).answer
    drawn = made("decode", codes=coded.codes)
    assert drawn.answer.reads == Y.tolist()
    styled = made("encode", digits=NUMBERS, model="cvae").answer  # whose classes the judge reads
    assert styled.labels == Y.tolist()
    assert made("decode", codes=styled.codes, model="cvae", labels=[3, 4]).answer.reads == [3, 4]


def test_digits_are_read_where_they_stand():
    canvas = np.full((200, 400), 255, np.uint8)
    for place, digit in enumerate(DIGITS[:, 0].numpy()):
        canvas[50:162, 40 + 180 * place : 152 + 180 * place] -= digit.repeat(4, 0).repeat(4, 1)
    readings = made("read", picture=png(canvas)).answer.readings
    assert [reading.digit for reading in readings] == Y.tolist()
    assert readings[0].box[2] < readings[1].box[0] and max(readings[0].probabilities) > 0.9
    scribble = torch.rand(28, 28, generator=torch.Generator().manual_seed(0)).tolist()
    (reading,) = made("read", digits=[scribble]).answer.readings
    assert reading.doubt == "stranger"


def test_a_seed_fixes_what_is_random():
    asked = {"text": "77", "samples": 2}
    first, again, other = (made("generate", **asked, seed=seed).png for seed in (1, 1, 2))
    assert first == again != other
    first, again, other = (made("inpaint", digits=NUMBERS, hole="dropout", seed=seed).png for seed in (1, 1, 2))
    assert first == again != other


def test_masks_are_numbers_or_painted():
    mask = np.zeros((28, 28), np.uint8)
    mask[:14] = 255
    by_file = made("inpaint", digits=NUMBERS, mask=png(mask)).digits
    by_numbers = made("inpaint", digits=NUMBERS, missing=[(mask / 255).tolist()] * 2).digits
    assert torch.equal(by_file, by_numbers) and torch.equal(by_file[:, :, 14:], X[:, :, 14:])
    large = np.zeros((112, 224), np.uint8)
    large[:56] = 255
    assert made("inpaint", picture=PICTURE, mask=png(large)).answer.reads


@pytest.mark.parametrize(
    ("verb", "said", "words"),
    [
        ("read", {}, "either a picture or digits"),
        ("read", {"picture": PICTURE, "digits": NUMBERS}, "either a picture or digits"),
        ("read", {"picture": "no base64!"}, "base64"),
        ("read", {"picture": b"GIF89a, or so"}, "."),
        ("read", {"digits": [[[0.0] * 28] * 27]}, "28 rows of 28"),
        ("read", {"digits": [[[0.0] * 28] * 27 + [[0.0]]]}, "28 rows of 28"),
        ("read", {"digits": [[[255.0] * 28] * 28]}, "divide bytes by 255"),
        ("read", {"picture": [1, 2]}, "as base64"),
        ("read", {"digits": [[[float("nan")] * 28] * 28]}, "finite"),
        ("read", {"digits": [[["x"] * 28] * 28]}, "number"),
        ("read", {"digits": [[[0.0] * 28] * 28] * 101}, "at most 100"),
        ("read", {"digits": []}, "at least 1"),
        ("read", {"digits": NUMBERS, "modell": "dae"}, "no setting called modell"),
        ("denoise", {"digits": NUMBERS, "model": "photo"}, "photo cleans pictures"),
        ("denoise", {"digits": NUMBERS, "model": "../dae"}, "Choose one of: ae-2"),
        ("inpaint", {"digits": NUMBERS, "side": "top"}, "side is of a half"),
        ("inpaint", {"digits": NUMBERS, "hole": "half", "center": [0.5, 0.5]}, "center is of a patch"),
        ("inpaint", {"digits": NUMBERS, "hole": "half", "missing": NUMBERS}, "say once"),
        ("inpaint", {"digits": NUMBERS, "missing": NUMBERS}, "0 and 1 alone"),
        ("inpaint", {"digits": NUMBERS, "hole": "none"}, "'patch', 'dropout', 'half' or 'stripes'"),
        ("inpaint", {"digits": NUMBERS * 5, "model": "vae-search"}, "at most 8"),
        ("inpaint", {"digits": NUMBERS, "seed": -1}, "greater than or equal to 0"),
        ("inpaint", {"digits": NUMBERS, "seed": 2**70}, "less than or equal"),
        ("upscale", {"digits": NUMBERS, "side": 5}, "4, 7, 14"),
        ("upscale", {"digits": [[[0.0] * 7] * 7], "side": 4}, "Leave side out"),
        ("encode", {"digits": NUMBERS, "labels": [1], "model": "cvae"}, "1 for 2 digits"),
        ("decode", {}, "required"),
        ("decode", {"codes": [[0.0] * 31]}, "32 numbers"),
        ("decode", {"codes": [[1e308] * 32]}, "too large"),
        ("decode", {"codes": [[0.0] * 16], "model": "cvae"}, "must be told a class"),
        ("generate", {"text": "nothing to write"}, "no digit in it"),
        ("generate", {"text": "7", "samples": 10**9}, "less than or equal to 500"),
        ("generate", {"text": "7", "temperature": float("inf")}, "finite"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(verb, said, words):
    text = refused(verb, **said)
    assert words.lower() in text.lower() and len(text) < 2000 and text.endswith(".")


def test_what_a_caption_loses_is_said():
    notes = made("generate", text="a purple thick 7", model="acgan").answer.notes
    assert any("purple" in note for note in notes) and any("no styles" in note for note in notes)
    assert made("generate", text="7", model="gan").answer.labels is None


def test_what_takes_seconds_waits_for_who_is_patient():
    assert answers.answer("denoise", {}, b"", {"picture": PICTURE}, answers.PNG, False) is None
    *steps, reply = answers.answer("denoise", {}, b"", {"picture": PICTURE}, answers.PNG, True)
    assert steps and steps[-1] == 1.0
    assert Image.open(io.BytesIO(reply.body)).size == (224, 112)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"[1]", 400),
        (b"NaN", 400),
        (b'{"text": NaN}', 400),
        (b'{"text": "\xff"}', 400),
        (b'{"seed": ' + b"9" * 10_000 + b"}", 400),
        (b'{"text": {"a": []}}', 422),
        (b'{"text": "7", "text ": 1}', 422),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}", 422),  # at once, not one by one
        (b"{}", 200),
    ],
)
def test_bodies_that_are_no_question_are_refused(body, status):
    reply = answers.answer("generate", {}, body, {}, answers.JSON, False)
    assert reply.status == status, reply.detail
    assert bool(reply.body) == (status == 200) != bool(reply.detail) and len(reply.detail) < 1000


def test_settings_come_from_the_address_too_but_once():
    reply = answers.answer(
        "inpaint", {"center": "0.2,0.8", "hole": "patch"}, b"", {"picture": PICTURE}, "image/png", False
    )
    assert reply.status == 200 and reply.body.startswith(b"\x89PNG")
    reply = answers.answer("generate", {"text": "7"}, b'{"text": "8"}', {}, answers.JSON, False)
    assert reply.status == 422 and "said twice" in reply.detail


def test_the_list_of_models_names_the_verbs_of_each():
    rows = {row["name"]: row for row in json.loads(answers.models().body)["models"]}
    assert rows["vae"]["verbs"] == ["denoise", "encode", "decode", "generate"] and rows["vae"]["latent_dim"] == 32
    assert rows["cvae"]["labels"] and rows["telea"]["kind"] == "classical"
    assert sorted((verb, name) for name, row in rows.items() for verb in row["verbs"]) == sorted(
        (verb, model) for verb in VERBS for model in VERBS[verb].models(ENGINE)
    )
