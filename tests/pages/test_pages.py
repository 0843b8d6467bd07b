"""Every page in Streamlit's own test runner: it runs, its controls do what they say, and errors become words."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore import engine as engines
from aecore.checkpoints import names, path_of
from aecore.corruptions import CORRUPTIONS
from aecore.errors import ImageError
from aecore.restore import compare
from pages import PAGES
from pages.denoise import equations, story, try_next
from tests.visits import ALONE, shown, sound, visit
from ui import glossary
from ui.input.digit import FIRST_EXAMPLE, _read, all_test_digits, example_digit
from ui.input.pad.strokes import stroke
from ui.output import downloads, verdict

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [page.folder for page in PAGES]
SEVEN = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]

needs_models = pytest.mark.skipif(not {"judge", "ae-linear-32"} <= set(names()), reason="no trained models here")


def comparison(at: AppTest) -> compare.Comparison:
    return at.session_state["_denoise"].comparison


def drawing(strokes: list, seq: int = 1) -> dict:
    return {"drawing": {"seq": seq, "nonce": 0, "final": True, "strokes": strokes}}


@pytest.mark.parametrize("page", FOLDERS)
def test_page_runs_and_says_in_one_sentence_what_to_notice(page):
    at = shown(page)
    assert len(at.title) == 1
    assert at.main.markdown[0].value.strip()


@needs_models
def test_the_default_comparison_has_models_beside_classical_methods():
    at = shown("denoise")
    kinds = [entry.kind for entry in comparison(at).methods]
    assert kinds.count("classical") == 1
    assert len(kinds) > 2
    assert comparison(at).best.psnr == max(entry.psnr for entry in comparison(at).methods)


@needs_models
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_corruption_is_compared(name):
    at = visit("denoise")
    sound(at.selectbox(key="denoise_corruption").select(name).run())
    assert comparison(at).damage.corruption == name
    assert comparison(at).damage.strength == pytest.approx(CORRUPTIONS[name].default, abs=0.005)
    assert all(0 < entry.psnr < 60 for entry in comparison(at).methods)


def test_controls_stand_in_the_url_and_nonsense_in_it_does_no_harm():
    at = sound(visit("denoise", denoise_corruption="Dropout", denoise_strength="0.25", denoise_seed="11"))
    assert comparison(at).damage == compare.Damage("dropout", 0.25, 11)
    at = sound(visit("denoise", denoise_corruption="<b>", denoise_strength="7", denoise_seed="abc"))
    assert comparison(at).damage == compare.Damage("gaussian", 0.5, 7)


def test_new_noise_changes_the_noise_and_nothing_else():
    at = sound(visit("denoise"))
    before = comparison(at)
    sound(at.button(key="denoise_seed_new").click().run())
    assert comparison(at).damage.seed != before.damage.seed
    assert torch.equal(comparison(at).clean.x, before.clean.x)
    assert not torch.equal(comparison(at).corrupted.x, before.corrupted.x)


@pytest.mark.parametrize("page", FOLDERS)
def test_a_drawing_replaces_the_example(page):
    at = visit(page)
    at.session_state["pad"] = drawing(SEVEN)
    sound(at.run())
    if page == "denoise":
        assert comparison(at).clean.x.shape == (1, 1, 28, 28)
        assert not torch.equal(comparison(at).clean.x, example_digit(FIRST_EXAMPLE))


def test_the_drawing_follows_to_another_page():
    at = visit("home")
    at.session_state["pad"] = drawing(SEVEN)
    at.run()
    sound(at.switch_page("denoise/page.py").run())
    assert not torch.equal(comparison(at).clean.x, example_digit(FIRST_EXAMPLE))


def test_a_test_digit_can_be_picked_and_shuffled():
    at = visit("denoise")
    sound(at.segmented_control(key="denoise_source").select("example").run())
    sound(at.number_input(key="denoise_digit").set_value(42).run())
    assert torch.equal(comparison(at).clean.x, example_digit(42))
    sound(at.button(key="denoise_shuffle").click().run())
    index = at.number_input(key="denoise_digit").value
    assert index != 42
    assert torch.equal(comparison(at).clean.x, example_digit(index))


def png(*places: int) -> bytes:
    """A white page with a dark digit at each place."""
    page = Image.new("L", (600, 300), 255)
    for left in places:
        digit = Image.fromarray(255 - all_test_digits()[0][FIRST_EXAMPLE, 0].numpy())
        page.paste(digit.resize((160, 160), Image.Resampling.BICUBIC), (left, 70))
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    return buffer.getvalue()


def uploaded(data: bytes) -> AppTest:
    at = visit("denoise")
    at.segmented_control(key="denoise_source").select("upload").run()
    at.file_uploader(key="denoise_upload").upload("photo.png", data)
    return at.run()


def test_an_uploaded_picture_becomes_the_digit():
    at = sound(uploaded(png(50)))
    assert not torch.equal(comparison(at).clean.x, example_digit(FIRST_EXAMPLE))
    assert not at.warning


def test_several_digits_in_a_picture_are_offered():
    at = sound(uploaded(png(20, 220, 420)))
    assert any("3 digits found" in element.value for element in at.caption)


def test_an_upload_and_the_digit_chosen_in_it_survive_another_page():
    at = uploaded(png(20, 220, 420))
    before = comparison(at).clean.x
    at.session_state["_denoise_read"]["place"] = 2  # as the picker does
    sound(at.switch_page("home/page.py").run())
    sound(at.switch_page("denoise/page.py").run())
    assert at.segmented_control(key="denoise_source").value == "upload"
    assert at.file_uploader(key="denoise_upload").value is None  # Streamlit's own widget has forgotten it
    assert not torch.equal(comparison(at).clean.x, example_digit(FIRST_EXAMPLE))
    assert comparison(at).clean.x.shape == before.shape
    assert any("photo.png" in caption.value for caption in at.caption)
    sound(at.button(key="denoise_upload_remove").click().run())
    assert torch.equal(comparison(at).clean.x, example_digit(FIRST_EXAMPLE))


def test_a_bad_file_becomes_one_message_and_the_page_stays():
    at = sound(uploaded(b"not a picture"))
    assert len(at.warning) == 1
    assert comparison(at).methods


def test_a_bug_becomes_one_message_without_a_traceback(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(compare, "compare_denoising", broken)
    at = visit("denoise")
    assert not at.exception
    assert at.error
    assert not any("secret" in element.value for element in at.error)


@pytest.mark.parametrize("page", FOLDERS)
def test_without_any_checkpoint_the_pages_run_and_say_so(page, monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(engines, "_engine", None)
    at = sound(visit(page))
    said = any("python -m aecore train" in element.value for element in [*at.caption, *at.warning])
    assert said == (page not in ALONE | {"training"})  # which trains its own, on digits


@needs_models
def test_bets_and_story_of_denoise_follow_the_numbers():
    made = compare.compare_denoising(
        example_digit(0), compare.Damage("salt_pepper", 0.1), ["dae", "ae-conv"], ["median"]
    )
    dae, copier, median = made.methods
    for best in range(3):
        psnr = [30.0 if place == best else 20.0 for place in range(3)]
        entries = [replace(entry, psnr=value) for entry, value in zip(made.methods, psnr, strict=True)]
        answer = try_next.specks(replace(made, methods=entries))
        assert answer.option == best and answer.sentence.count("20.0 dB") == 2
    low = made.corrupted.psnr
    assert try_next.leave_it(replace(made, methods=[replace(dae, psnr=low - 1)])).option == 1
    assert try_next.leave_it(replace(made, methods=[replace(dae, psnr=low + 1)])).option == 0
    for reads, option in ((made.clean.reads, 0), (made.clean.reads + 1, 1), (None, 1)):
        assert try_next.legible(replace(made, methods=[replace(dae, reads=reads)])).option == option
    assert try_next.specks(replace(made, methods=[dae, median])) is None
    text = story.repaired(made)
    assert all(f"{entry.psnr:.1f} dB" in text for entry in (dae, copier, median, made.corrupted))
    assert story.repaired(replace(made, methods=[])) == ""


@needs_models
def test_downloads_hold_every_method():
    at = shown("denoise")
    rows = downloads.numbers_csv(comparison(at)).splitlines()
    assert len(rows) == 2 + len(comparison(at).methods)
    sheet = Image.open(io.BytesIO(downloads.png(comparison(at))))
    assert sheet.format == "PNG"
    assert sheet.width > 168 * (2 + len(comparison(at).methods))


@needs_models
def test_the_verdict_names_the_best_and_the_margin():
    at = shown("denoise")
    head, body = verdict.denoising(comparison(at))
    assert head
    assert body.endswith(".")
    gaps = sorted((entry.psnr for entry in comparison(at).methods), reverse=True)
    assert verdict.called(comparison(at).best).lower() in head.lower() or "tie" in head.lower()
    assert gaps[0] >= gaps[1]


@needs_models
def test_the_sweep_starts_where_nothing_is_damaged_and_meets_the_stage():
    at = shown("denoise")
    now = comparison(at)
    curves = compare.sweep(now.clean.x, now.damage, ["ae-linear-32"], ["median"])
    place = compare.SWEEP.index(now.damage.strength)
    assert curves["corrupted"][0] > 60
    assert curves["corrupted"][place] == pytest.approx(now.corrupted.psnr, abs=1e-3)
    assert len(curves["median"]) == len(curves["ae-linear-32"]) == len(compare.SWEEP)


def test_pasting_keeps_every_known_pixel():
    x = example_digit(0)
    x_noisy, mask = compare.Damage("dropout", 0.5, 1).apply(x)
    recon = compare.paste_known(torch.full_like(x, 0.3), x_noisy, mask)
    assert torch.equal(recon[mask == 0], x[mask == 0])
    assert (recon[mask > 0] == 0.3).all()


def test_an_unreadable_picture_is_remembered_as_its_message():
    with pytest.raises(ImageError):
        from aecore.intake.files import digits_from_bytes

        digits_from_bytes(b"no")
    assert "problem" in _read(b"no", "seat")


def test_glossary_has_one_short_line_a_term():
    for term, line in glossary.TERMS.items():
        assert glossary.explain(term) == line
        assert "\n" not in line
        assert len(line) < 200


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_equation_of_the_damage_says_what_its_label_says(name):
    strength = CORRUPTIONS[name].default
    stage = SimpleNamespace(damage=compare.Damage(name, strength, seed=0))
    equation = equations._damage(stage)
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", CORRUPTIONS[name].describe(strength))]
    said = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", equation)]
    assert any(n in said or n / 100 in said for n in numbers), (equation, numbers)
    assert ("mathrm{px}" in equation) == (name in ("blur", "patch"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A process that begins as a server does, and ends while it warms up: what it prints, and how it ends."""
    code = "import sys, threading; from ui import shell\n"
    code += "print('torch' in sys.modules); shell.begin('pages.home.strip')\n"
    code += "[thread.join() for thread in threading.enumerate() if thread.name == 'imports']\n"
    code += "print({'torch', 'pages.home.strip'} <= set(sys.modules))\n"
    code += "from ui import serving; page = threading.Thread(target=serving.warm_up, daemon=True)\n"  # as pages run
    code += "page.start(); page.join(); print(serving.warm_up().daemon)"
    few = tmp_path_factory.mktemp("few")
    for name in ("judge", "vae-2"):
        (few / f"{name}.safetensors").symlink_to(path_of(name))
    env = os.environ | {"AECORE_CHECKPOINTS": str(few)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env, timeout=120)


@needs_models
def test_what_pages_need_is_imported_while_the_server_starts(server):
    assert server.stdout.split()[:2] == ["False", "True"], server.stderr


@needs_models
def test_a_server_that_is_stopped_while_it_warms_up_ends_well(server):
    assert server.stdout.split()[2:] == ["False"]  # Torch aborts where a daemon is cut short
    assert server.returncode == 0, server.stderr
