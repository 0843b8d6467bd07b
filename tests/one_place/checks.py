"""What must hold in a house with one more family and one more page; tests/test_one_place.py runs this inside it."""

from dataclasses import replace

import pytest
import torch
from typer.testing import CliRunner

from aecore import checkpoints
from aecore.__main__ import app
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.models import FAMILIES, build
from aecore.pictures.restore import restore
from aecore.recipes import RECIPES
from aecore.restore.compare import Damage, Hole, compare_denoising, compare_inpainting, compare_upscaling
from aecore.restore.masks import make
from aecore.training import fit
from pages.photos import controls
from tests.visits import shown, sound, visit
from ui import shell, theme
from ui.live.networks import runnable


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:1].float() / 255


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "250"})
    assert done.exit_code == 0, done.output
    return done.output


def test_it_learns_from_its_recipe():
    images, y = (part[:1000] for part in load_digits("train"))
    model = build("toy", RECIPES["toy"].config)

    def error() -> float:
        return float(model.loss(images.float() / 255)["loss"].detach())

    before = error()
    *_, last = fit(model, (images, y), replace(RECIPES["toy"], validation=200))
    assert last.step == last.steps > 1 and error() < before


def test_the_command_line_trains_saves_lists_and_measures_it():
    assert "toy" not in checkpoints.names()
    assert "saved toy.safetensors" in run("train", "toy")
    model = checkpoints.load("toy")
    assert type(model) is FAMILIES["toy"].model and model.card.kind == "toy"
    assert "psnr" in model.card.metrics
    listed = run("list")
    assert "One convolution" in listed and f"{model.card.parameters}" in listed
    assert f"{model.card.metrics['psnr'].value:.4g}"[:4] in run("eval", "toy")


def test_the_engine_offers_it_where_it_says_it_restores(x):
    engine = get_engine()
    for task in ("denoise", "inpaint", "upscale", "photo"):
        assert "toy" in engine.restorers(task) and "judge" not in engine.restorers(task)
    for comparison in (
        compare_denoising(x, Damage("gaussian", 0.3)),
        compare_inpainting(x, Hole(make("half", x), "half")),
        compare_upscaling(x, 7),
    ):
        toy = comparison.method("toy")
        assert (toy.label, toy.kind) == ("Toy", "toy") and torch.isfinite(toy.x).all()
        assert "Toy" in str(comparison)


def test_the_restoring_pages_offer_it():
    at = sound(visit("denoise"))
    choice = at.button_group(key="denoise_models")
    sound(choice.set_value([*choice.value, "toy"]).run())
    assert at.session_state["_denoise"].comparison.method("toy").label == "Toy"
    assert shown("inpaint").session_state["_inpaint"].comparison.method("toy").label == "Toy"
    assert shown("super_resolution").session_state["_super"].comparison.method("toy").label == "Toy"
    assert "toy" in controls.methods(get_engine())[0] and controls.label("toy") == "Toy"
    photo = torch.randint(0, 256, (60, 40, 3), dtype=torch.uint8).numpy()
    *_, recon = restore("toy", photo, 25.0)
    assert recon.shape == photo.shape and recon.dtype == photo.dtype and (recon != photo).any()


def test_what_it_is_not_it_is_not_taken_for():
    assert runnable(["toy", "judge"]) == ["judge"]
    assert theme.kind_color("toy") == theme.kind_color("classical")


def test_home_shows_its_card_and_the_navigation_and_a_door_lead_to_the_page(monkeypatch):
    sections, navigation = {}, shell.st.navigation
    monkeypatch.setattr(shell.st, "navigation", lambda pages, **how: sections.update(pages) or navigation(pages, **how))
    at = visit("home")
    at.session_state["home_models_open"] = True
    at = sound(at.run())
    assert any("**Toy** :gray-badge[TOY]" in text.value for text in at.markdown)
    assert any("One convolution" in text.value for text in at.caption)
    assert "Play with the toy" in [link.proto.label for link in at.main.get("page_link")]
    assert "Toy" in [page.title for page in sections["Put to use"]]


def test_the_page_runs():
    at = sound(visit("toy"))
    assert at.title[0].value == "Toy"
    assert at.session_state["_toy_comparison"].method("toy").label == "Toy"
