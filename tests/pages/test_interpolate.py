"""The Interpolate page: its rows, its evidence, its transformations and what one takes home."""

import csv
import io

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.neighbors import NearestNeighbors
from streamlit.testing.v1 import AppTest

from aecore import engine as engines
from aecore import losses, metrics
from aecore.checkpoints import names
from aecore.data import load_digits
from aecore.latent import realism, steps
from aecore.latent.paths import PATHS
from aecore.latent.transforms import TRANSFORMS, transform
from pages.interpolate import controls, dials, downloads, measured, story, transformations, try_next, walk
from tests.visits import sound, visit, wanted
from ui.input.digit import all_test_digits, example_digit, first_digit
from ui.input.pad.strokes import stroke
from ui.server import jobs
from ui.server.jobs import Job

pytestmark = pytest.mark.skipif(
    not {"judge", "ae-conv", "vae-2", "vae", "dae"} <= set(names()), reason="no models here"
)
SEVEN = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
PAGE = "interpolate"


@pytest.fixture(scope="module")
def engine():
    return engines.get_engine()


@pytest.fixture(scope="module")
def pair(engine):
    a, b = (controls.first(side) for side in ("a", "b"))
    return walk.walk(engine, a, b, "linear", 9, walk.FIRST_ROWS)


@pytest.fixture(scope="module")
def measures(engine, pair):
    return measured.measure(engine, pair)


def opened(**params: str) -> AppTest:
    return sound(visit(PAGE, **params))


def now(at: AppTest) -> walk.Walk:
    return at.session_state["_interpolate"].walk


def ends(at: AppTest) -> tuple[torch.Tensor, torch.Tensor]:
    return now(at).a.x, now(at).b.x


# ---- the walk


def test_rows_begin_and_end_with_what_each_space_knows_of_a_and_b(engine, pair):
    fade, *models = pair.rows
    assert torch.equal(fade.x[0], pair.a.x[0])
    assert torch.equal(fade.x[-1], pair.b.x[0])
    for row in models:
        expected = engine.reconstruct(row.id, torch.cat([pair.a.x, pair.b.x]))
        assert torch.allclose(row.x[[0, -1]], expected, atol=1e-5)


@pytest.mark.parametrize("path", PATHS)
def test_every_step_is_the_decoded_point_of_the_path(engine, pair, path):
    row = walk.walk(engine, pair.a, pair.b, path, 5, ["vae"]).rows[0]
    with torch.inference_mode():
        model = engine.model("vae")
        z = PATHS[path].points(model.encode(pair.a.x)[0], model.encode(pair.b.x)[0], torch.linspace(0, 1, 5))
        assert torch.allclose(row.x, model.decode(z), atol=1e-5)


def test_a_missing_model_leaves_the_other_rows(pair, monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    alone = walk.walk(engines.Engine("cpu"), pair.a, pair.b, "linear", 5, ["pixels", "vae"])
    assert [row.id for row in alone.rows] == ["pixels"]
    assert "train vae" in alone.problems["vae"]


# ---- the evidence


def test_the_nearest_real_digit_is_scikit_learns(engine, pair):
    real = realism.real_digits(engine)
    features = realism.features_of(engine, pair.rows[0].x)
    distance, index = real.nearest(features)
    search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(real.features.numpy())
    expected, place = search.kneighbors(features.numpy())
    assert np.allclose(distance.numpy() * real.usual, expected[:, 0], atol=1e-3)
    assert index.tolist() == place[:, 0].tolist()


def test_one_is_how_far_an_unseen_real_digit_usually_lies(engine):
    x = load_digits("test")[0][5000:5500].float() / 255  # others than those the unit comes from
    distance, _ = realism.real_digits(engine).nearest(realism.features_of(engine, x))
    assert 0.5 < float(distance.median()) < 1.5
    low, high = realism.real_digits(engine).range
    assert low < 1 < high


def test_the_negative_elbo_agrees_with_torchs_distributions(engine, pair):
    x = pair.a.x
    model, rng = engine.model("vae"), torch.Generator().manual_seed(5)
    ours = realism.negative_elbo(engine, "vae", x, 1, rng)
    with torch.inference_mode():
        mu, logvar = model.posterior(x)
        q, p = torch.distributions.Normal(mu, (logvar / 2).exp()), torch.distributions.Normal(0.0, 1.0)
        z = model.reparameterize(mu, logvar, torch.Generator().manual_seed(5))
        cross_entropy = torch.nn.functional.binary_cross_entropy(model.decode(z), x, reduction="sum")
        expected = cross_entropy + torch.distributions.kl_divergence(q, p).sum()
    assert float(ours) == pytest.approx(float(expected), rel=1e-3)


def test_the_cross_fade_leaves_the_manifold_and_the_vae_does_not(pair, measures):
    fade, vae = measures[0], measures[-1]
    assert float(fade.distance.max()) > float(vae.distance.max())
    assert float(fade.surprise[4]) > float(vae.surprise[4]) + 50
    assert "keeps closest; halfway through the fade" in measured.takeaway(pair, measures)


def test_over_many_pairs_the_fade_strays_further_and_the_sphere_helps_the_vae():
    *_, linear = realism.survey("linear", ["vae"])
    *_, spherical = realism.survey("spherical", ["vae"])
    assert spherical.medians["vae"] < linear.medians["vae"] < linear.medians["pixels"]
    assert linear.closer["vae"] > 0.7


def survey(at: AppTest) -> str:
    (text,) = [caption.value for caption in sound(at).caption if "Not this pair alone" in caption.value]
    return text


def test_the_survey_is_measured_by_a_worker_and_the_page_says_so_meanwhile(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "ask", lambda *question, key: Job(key))
        patch.setattr(jobs, "at", lambda seat: Job(()))
        assert survey(visit("interpolate")) == "Not this pair alone: 200 random pairs are being measured."
    at = visit("interpolate")
    job = wanted(measured.SEAT)
    assert job is None or job.wait(90)
    *_, expected = realism.survey("linear", ["vae"])
    assert f"VAE-32 {expected.medians['vae']:.1f} (closer than the fade in " in survey(at.run())


# ---- transformations and single numbers


def test_adding_the_average_difference_thickens_a_digit_that_was_not_averaged(engine):
    x = example_digit(35)  # a 2 of the test digits
    fitted = transformations.fitted_steps(engine, "vae", "thickness", 2, "average")
    amounts = TRANSFORMS["thickness"].amounts(len(fitted.shift))
    decoded = engine.decode("vae", fitted(engine.encode("vae", x))[0])
    ink = decoded.sum((1, 2, 3))
    assert (ink.diff() > 0).all()
    for end in (0, -1):
        truth = transform("thickness", x, float(amounts[end]))
        assert metrics.psnr(truth, decoded[[end]]) > metrics.psnr(truth, x) + 1  # better than leaving it as it is


def said(at, words: str) -> bool:
    return any(words in part.value for part in [*at.markdown, *at.caption])


def test_brightness_is_walked_by_the_learned_step_and_the_page_says_why():
    at = opened(interpolate_more="Transformations", interpolate_transform="Brightness")
    assert at.segmented_control(key="interpolate_step_brightness").value == "learned"
    assert said(at, "**The code follows: brightness.**")
    assert said(at, "no single step fits them all")


def test_what_is_said_of_a_walk_follows_from_what_was_measured():
    at = opened(interpolate_more="Transformations", interpolate_transform="Rotation")
    assert at.segmented_control(key="interpolate_step_rotation").value == "average"
    share = steps.load().followed["rotation"]["ae-conv"]["average"].share
    assert said(at, f"for {100 * share:.0f}% (AE-32)")
    assert not said(at, "no single step fits them all")


def test_latent_numbers_are_offered_by_how_much_they_tell(engine):
    order, nats = dials.informative(engine)
    assert sorted(order) == list(range(32))
    assert [nats[i] for i in order] == sorted(nats, reverse=True)
    mu, logvar = engine.posterior("vae", load_digits("test")[0][:500].float() / 255)
    assert sum(nats) == pytest.approx(float(losses.kl_standard_normal(mu, logvar).mean()), rel=1e-4)


# ---- what one takes home


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_the_animation_goes_there_and_back(pair, kind):
    film = Image.open(io.BytesIO(downloads.animation(pair, kind)))
    assert film.format == kind
    assert film.n_frames == 48
    assert film.width > 4 * 112
    first = np.asarray(film.convert("L"), int)
    film.seek(24)
    assert np.abs(np.asarray(film.convert("L"), int) - first).mean() > 1


def test_the_sheet_and_the_table_hold_every_step(pair, measures):
    sheet = Image.open(io.BytesIO(downloads.sheet(pair)))
    assert sheet.width > 9 * 112
    assert sheet.height > 4 * 112
    lines = list(csv.DictReader(io.StringIO(downloads.table(pair, measures))))
    assert len(lines) == 4 * 9
    last = lines[-1]
    assert (last["row"], last["step"], last["t"]) == ("vae", "8", "1.0000")
    code = [float(last[f"z_{i}"]) for i in range(32)]
    assert np.allclose(code, pair.rows[-1].z[-1].numpy(), atol=1e-5)
    assert lines[0]["z_0"] == ""


# ---- the page


def test_the_page_stands_with_its_evidence():
    at = opened()
    assert len(at.title) == 1
    assert [row.id for row in now(at).rows] == list(walk.FIRST_ROWS)
    assert any("from real digits on the way" in element.value for element in at.markdown)


def test_without_any_checkpoint_the_page_fades_and_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(engines, "_engine", None)
    at = opened()
    assert [row.id for row in now(at).rows] == ["pixels"]
    assert any("python -m aecore train" in element.value for element in at.caption)


def test_state_stands_in_the_url_and_nonsense_in_it_does_no_harm():
    at = opened(
        interpolate_path="Spherical", interpolate_steps="5", interpolate_rows="VAE-32",
        interpolate_a_source="Pick", interpolate_a_digit="42", interpolate_swapped="true",
    )  # fmt: skip
    assert (now(at).path, len(now(at).t), [row.id for row in now(at).rows]) == ("spherical", 5, ["vae"])
    assert torch.equal(ends(at)[1], example_digit(42))
    at = opened(interpolate_path="<b>", interpolate_steps="1000", interpolate_rows="x", interpolate_swapped="7")
    assert (now(at).path, len(now(at).t)) == ("linear", 9)


def test_drawings_on_both_pads_become_the_ends_and_swap_with_their_pads():
    at = opened()
    example_a, example_b = ends(at)
    message = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": SEVEN}}
    at.session_state["pad_b"] = message
    sound(at.run())
    drawn = ends(at)[1]
    assert torch.equal(ends(at)[0], example_a)
    assert not torch.equal(drawn, example_b)
    sound(at.button(key="interpolate_swap").click().run())
    assert torch.equal(ends(at)[0], drawn)
    assert torch.equal(ends(at)[1], example_a)


def styles(at: AppTest) -> str:
    return " ".join(element.proto.body for element in at.get("html"))


def test_one_end_is_changed_at_a_time_and_neither_forgets_what_it_was_set_to():
    at = opened(interpolate_a_source="Pick", interpolate_a_digit="42")
    assert "interpolate_input) { display: none" in styles(at)
    at = opened(interpolate_a_source="Pick", interpolate_a_digit="42", interpolate_change="B")
    assert "interpolate_end_A { display: none" in styles(at) and "interpolate_end_B" not in styles(at)
    assert torch.equal(ends(at)[0], example_digit(42))
    sound(at.button(key="interpolate_b_done").click().run())
    assert "interpolate_input) { display: none" in styles(at)
    assert torch.equal(ends(at)[0], example_digit(42))


@pytest.mark.parametrize(("text", "t"), [("0.25", 0.25), ("x", 0.5), ("nan", 0.5), ("2", 0.5), ("", 0.5)])
def test_the_link_says_where_the_walk_stands(text, t, monkeypatch):
    monkeypatch.setattr(controls.url, "get", lambda key: (text or None,))
    assert controls.place() == t


def test_shuffle_brings_two_test_digits_of_different_classes():
    at = opened()
    sound(at.button(key="interpolate_shuffle").click().run())
    a, b = (at.number_input(key=f"interpolate_{side}_digit").value for side in "ab")
    labels = all_test_digits()[1]
    assert labels[a] != labels[b]
    assert torch.equal(ends(at)[0], example_digit(a))


@pytest.mark.parametrize("measure", measured.MEASURES)
def test_every_measure_is_charted(measure):
    at = opened()
    sound(at.segmented_control(key="interpolate_measure").select(measure).run())


@pytest.mark.parametrize(
    ("way", "view"), list(zip(transformations.WALKS, ("dials", "transform_view", "average_view"), strict=True))
)
def test_every_way_to_walk_stands(way, view):
    at = opened(interpolate_more=way)
    assert f"interpolate_{view}" in at.session_state


def test_bets_are_decided_by_the_walk(engine):
    a, b = (first_digit(index) for index in (35, 70))
    current = walk.walk(engine, a, b, "linear", 9, walk.FIRST_ROWS)
    z = engine.encode("vae-2", torch.cat([a.x, b.x]))
    t = torch.linspace(0, 1, try_next.FINE)[:, None]
    reads = engine.classify(engine.decode("vae-2", z[0] + t * (z[1] - z[0]))).argmax(1).tolist()
    said = try_next.passes(engine, current)
    assert said.option == (2 if len(set(reads)) > 4 else 1 if len(set(reads)) > 2 else 0)
    assert f"reads {reads[0]}, " in said.sentence
    assert try_next.strays(engine, current).option in range(3)
    same = walk.walk(engine, a, a, "linear", 9, walk.FIRST_ROWS)
    assert try_next.passes(engine, same).option == 0
    assert try_next.likelier(engine, same).option == 2  # both ways stand still


def test_a_bet_sets_ends_path_and_rows():
    at = opened(bet="3", interpolate_rows="AE-2", interpolate_place="0.9")
    sound(at.button(key="interpolate_option_0").click().run())
    assert torch.equal(ends(at)[0], example_digit(35)) and torch.equal(ends(at)[1], example_digit(70))
    assert now(at).path == "spherical" and [row.id for row in now(at).rows] == list(walk.FIRST_ROWS)
    assert "interpolate_place" not in at.query_params


def test_the_story_says_who_stays_nearer_to_digits(engine):
    a, b = (first_digit(index) for index in (35, 70))
    text = story.halfway(engine, walk.walk(engine, a, b, "linear", 9, walk.FIRST_ROWS))
    assert "neither A nor B" in text and "VAE-2" in text  # a 9 lies between 2 and 7
    assert "gains nothing" in story.halfway(engine, walk.walk(engine, a, a, "linear", 9, ["pixels", "vae-2"]))
    assert story.halfway(engine, walk.walk(engine, a, b, "linear", 9, ["pixels"])) == ""
