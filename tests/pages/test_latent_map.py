"""The latent map's page in Streamlit's test runner, and the message that carries a map to the browser."""

import json
import math
import re
import struct

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from streamlit.testing.v1 import AppTest
from threadpoolctl import threadpool_limits

from aecore import engine as engines
from aecore.checkpoints import names
from aecore.engine import Engine, get_engine
from aecore.errors import CheckpointError
from aecore.maps import shipped
from pages.latent_map import board, equations, points, story, try_next
from pages.latent_map.state import Made, State
from tests.visits import shown, sound, visit
from ui.input.digit import Chosen, all_test_digits, example_digit
from ui.input.pad.strokes import stroke
from ui.server.jobs import Job

needs_maps = pytest.mark.skipif(
    not {"ae-2", "ae-2-bce", "vae-2", "judge"} <= set(names()) or "vae-2" not in shipped.names(), reason="no maps here"
)
PAGE = "latent_map"
DRAWN = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": [stroke([(0.5, 0.2), (0.5, 0.8)])]}}


def opened(**params: str) -> AppTest:
    return visit(PAGE, **params)


def written(at: AppTest) -> dict:
    """What stands in the URL."""
    return {key: value if isinstance(value, str) else value[0] for key, value in at.query_params.items()}


def captions(at: AppTest, words: str) -> list[str]:
    return [element.value for element in at.caption if words in element.value]


def mounts(monkeypatch) -> list[list[str]]:
    """A list that grows by the names of the maps whenever a stage is mounted."""
    names_shown, mount = [], board.mount

    def spy(engine, specs, *more):
        names_shown.append([spec["name"] for spec in specs])
        mount(engine, specs, *more)

    monkeypatch.setattr(board, "mount", spy)
    return names_shown


def read(data: bytes) -> tuple[dict, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """header, coordinates (n, 2), digits (n,), the floats of a linear map, labels (n,): as points.js reads them."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    n, at = header["n"], 4 + length
    steps = np.frombuffer(data, "<u2", 2 * n, at).reshape(n, 2)
    digits = np.frombuffer(data, "<u2", n, at + 4 * n)
    linear = np.frombuffer(data, "<f4", 3 * header["features"], at + 6 * n)
    labels = np.frombuffer(data, np.uint8, n, at + 6 * n + 12 * header["features"])
    assert len(data) == at + 7 * n + 12 * header["features"]
    low, high = np.array(header["low"]), np.array(header["high"])
    return header, low + steps / 65535 * (high - low), digits, linear, labels


# ---- the message


def test_a_map_arrives_as_it_left():
    coordinates = np.random.default_rng(0).normal(size=(300, 2)) * [3, 40]
    digits = np.arange(5_000, 8_000, 10)
    header, arrived, which, _, labels = read(points.message("mine", coordinates, digits))
    assert header["id"] == "mine"
    assert np.abs(arrived - coordinates).max() < 40 * 8 / 65535
    assert (which == digits).all()
    assert (labels == all_test_digits()[1].numpy()[digits]).all()


def test_a_map_of_one_place_does_not_divide_by_zero():
    _, arrived, *_ = read(points.message("flat", np.ones((4, 2)), np.arange(4)))
    assert np.allclose(arrived, 1)


@needs_maps
def test_a_linear_map_brings_what_places_new_digits():
    data = points.of_map(shipped.load("pca"))
    assert len(data) < 100_000
    *_, linear, _ = read(data)
    mean, components = linear[:784], linear[784:].reshape(2, 784)
    x = example_digit(42)
    assert np.allclose((x.flatten().numpy() - mean) @ components.T, shipped.place("pca", x)[0], atol=1e-4)


# ---- what the browser is told of a map


@needs_maps
def test_only_maps_whose_points_are_codes_decode():
    told = {name: board.panel(get_engine(), shipped.load(name)) for name in shipped.names()}
    assert {name for name, panel in told.items() if panel["decodes"]} == {"ae-2", "ae-2-bce", "vae-2"}
    assert [name for name, panel in told.items() if panel["prior"]] == ["vae-2"]
    assert all(panel["model"]["sha256"] for panel in told.values() if panel["decodes"])
    assert told["pca"]["model"] is None


@needs_maps
def test_every_number_has_a_value_an_arrow_and_an_explanation():
    for name in shipped.names():
        assert "10,000" in board.panel(get_engine(), shipped.load(name))["measured"]
        for number in board.numbers(shipped.load(name).metrics):
            assert number["label"]
            assert any(character.isdigit() for character in number["value"])
            assert number["arrow"] in ("↑", "↓")
            assert "better" in number["help"]


# ---- the page


def test_the_page_runs_and_says_what_to_notice():
    at = shown(PAGE)
    assert at.title[0].value == "Latent map"
    assert "two numbers" in at.main.markdown[0].value


@needs_maps
def test_the_state_is_in_the_url_and_nonsense_there_does_no_harm():
    at = sound(opened(map_panels="PCA", map_count="500+digits", map_grid="true", map_hidden="07"))
    at = sound(opened(map_panels="<b>", map_count="-3", map_grid="7", map_hidden="ab²3;--"))
    assert at.segmented_control(key="map_count").value == 10_000


@needs_maps
@pytest.mark.parametrize(
    ("text", "told"), [("own;vae-2:0.1,-2,3.5", "own;vae-2:0.1,-2,3.5"), ("<b>", ""), ("1" * 500, "")]
)
def test_what_is_in_sight_comes_from_the_url_if_it_could_be_from_there(text, told, monkeypatch):
    monkeypatch.setattr(board.url, "get", lambda key: (text,))
    assert board._view() == told


def test_hidden_classes_come_from_the_url(monkeypatch):
    monkeypatch.setattr(board.st, "query_params", {board.HIDDEN: "30x²3"})
    assert board.hidden_classes() == [0, 3]


@needs_maps
def test_bets_are_decided_by_the_maps_and_the_networks():
    labels = all_test_digits()[1]
    both = ((labels == 4) | (labels == 9)).numpy()
    shares = []
    for name in try_next.RIVALS:
        x, y = shipped.load(name).coordinates.numpy()[both], labels.numpy()[both]
        near = NearestNeighbors(n_neighbors=11).fit(x).kneighbors(x, return_distance=False)[:, 1:]
        shares.append(((y[near] == y[:, None]).mean(1) > 0.5).mean())
    said = try_next.four_or_nine()
    assert said.option == int(np.argmax(shares))
    assert [float(share) for share in re.findall(r"(\d+)% on", said.sentence)] == pytest.approx(
        [100 * share for share in shares], abs=1
    )
    likeliest = get_engine().classify(get_engine().decode("vae-2", torch.zeros(1, 2))).max()
    assert f"{100 * float(likeliest):.0f}% sure" in try_next.likeliest(get_engine()).sentence


@needs_maps
def test_a_bet_sets_maps_grid_classes_and_pin():
    at = opened(bet="2")
    sound(at.button(key="latent_map_option_0").click().run())
    assert written(at)["map_view"] == "pin-vae-2:0,0"
    at = opened(bet="3", map_view="own")
    sound(at.button(key="latent_map_option_2").click().run())
    assert set(at.pills(key="map_panels").value) == set(try_next.RIVALS)
    assert written(at)["map_hidden"] == "01235678" and "map_view" not in written(at)


@needs_maps
def test_the_story_has_the_drawings_own_code():
    digit = Chosen(example_digit(7), "Your drawing", True)
    mu = get_engine().posterior("vae-2", digit.x)[0][0]
    text = story.lies(get_engine(), digit)
    assert f"({mu[0]:.2f}, {mu[1]:.2f})".replace("-", "−") in text
    assert f"{100 * math.exp(-float(mu @ mu) / 2):.0f}% of the" in text


@needs_maps
def test_the_equations_hold_the_drawings_own_numbers():
    at = opened()
    at.session_state["map_equations_open"] = True
    at.run()
    before = [element.value for element in at.latex]
    at.session_state["pad"] = DRAWN
    sound(at.run())
    after = [element.value for element in at.latex]
    assert len(before) == len(after) > 3
    assert before != after


@needs_maps
def test_the_kl_in_the_equation_is_the_sum_of_its_terms():
    mu, logvar = (part[0] for part in get_engine().posterior("vae-2", example_digit(3)))
    terms = [equations._kl_term(m, s) for m, s in zip(mu.tolist(), (logvar / 2).exp().tolist(), strict=True)]
    shown = sum(float(term.split("{")[1].split("}")[0]) for term in terms)
    reference = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, (logvar / 2).exp()), torch.distributions.Normal(0.0, 1.0)
    ).sum()
    assert shown == pytest.approx(float(reference), abs=0.011)


def test_without_checkpoints_and_maps_the_page_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("AECORE_MAPS", str(tmp_path))
    monkeypatch.setattr(engines, "_engine", None)
    at = sound(opened())
    assert any("python -m aecore" in element.value for element in [*at.caption, *at.warning])


@needs_maps
def test_a_missing_map_is_named_with_the_way_to_get_it_and_the_others_stand(monkeypatch, tmp_path):
    for path in shipped.folder().glob("*.safetensors"):
        if path.stem != "umap":
            (tmp_path / path.name).symlink_to(path.resolve())
    monkeypatch.setenv("AECORE_MAPS", str(tmp_path))
    mounted = mounts(monkeypatch)
    at = sound(opened(map_panels=["Autoencoder, cross-entropy", "VAE", "PCA", "UMAP"]))
    (line,) = captions(at, "python -m aecore map")
    assert "umap.safetensors" in line and line.endswith("python -m aecore map umap")
    assert mounted[-1] == ["ae-2-bce", "vae-2", "pca"]


@needs_maps
def test_a_map_whose_model_has_gone_leaves_the_others(monkeypatch):
    card = Engine.card

    def gone(engine, name):
        if name == "ae-2-bce":
            raise CheckpointError("There is no checkpoint ae-2-bce.safetensors. Restore it.")
        return card(engine, name)

    monkeypatch.setattr(Engine, "card", gone)
    mounted = mounts(monkeypatch)
    at = sound(opened())
    assert mounted[-1] == ["vae-2"]
    assert captions(at, "no checkpoint ae-2-bce")
    assert not at.warning


# ---- the visitor's digit on maps that only the server knows


@needs_maps
def test_a_test_digit_lies_where_its_map_has_it():
    umap = shipped.load("umap")
    digit = Chosen(example_digit(4321), "Test digit 4,321", False)
    assert board.place([umap], digit) == ({"umap": umap.coordinates[4321].tolist()}, [], {})


class Answers:
    """Stands in for jobs.ask and jobs.at: jobs of the test's making."""

    def __init__(self, monkeypatch, *jobs: Job):
        self.jobs, self.asked, self.held = list(jobs), [], None
        monkeypatch.setattr(board.jobs, "ask", self.ask)
        monkeypatch.setattr(board.jobs, "at", lambda seat: self.held)

    def ask(self, seat, task, *arguments, key, urgent):
        self.asked.append((seat, task, *arguments))
        return self.jobs.pop(0) if len(self.jobs) > 1 else self.jobs[0]


def failed(problem: str) -> Job:
    job = Job(())
    job.end("failed", problem=problem)
    return job


@needs_maps
def test_a_new_digit_waits_until_umap_has_answered_and_no_other_one_cuts_that_off(monkeypatch):
    monkeypatch.setattr(board, "SOON", 0.01)
    answers = Answers(monkeypatch, Job(()))
    digit = Chosen(example_digit(5).flip(3), "Your drawing", True)
    maps = [shipped.load(name) for name in ("vae-2", "pca", "umap")]
    assert board.place(maps, digit) == ({}, ["umap"], {})
    assert [(seat, name) for seat, _, name, _ in answers.asked] == [("map_place_umap", "umap")]
    answers.held = answers.jobs[0]
    another = Chosen(example_digit(6).flip(3), "Your drawing", True)
    assert board.place(maps, another) == ({}, ["umap"], {}) and len(answers.asked) == 1
    answers.held.end("done", torch.tensor([[1.0, 2.0]]))
    assert board.place(maps, another)[0] == {"umap": [1.0, 2.0]} and len(answers.asked) == 2


@needs_maps
def test_a_digit_that_umap_cannot_place_is_explained_under_the_maps(monkeypatch):
    Answers(monkeypatch, failed("The process that did this work ended unexpectedly. Try once more."))
    at = opened(map_panels="UMAP")
    assert not captions(at, "ended unexpectedly")
    at.session_state["pad"] = DRAWN
    sound(at.run())
    (line,) = captions(at, "ended unexpectedly")
    assert "Your drawing is not on the map UMAP." in line


@needs_maps
def test_a_visitors_digit_is_placed_by_the_worker_where_the_engine_places_it(monkeypatch):
    monkeypatch.setattr(board, "SOON", 60)
    digit = Chosen(example_digit(5).flip(3), "Your drawing", True)
    places, waiting, problems = board.place([shipped.load("tsne"), shipped.load("mds")], digit)
    assert not waiting and not problems
    for name, place in places.items():
        assert place == pytest.approx(shipped.place(name, digit.x)[0].tolist(), abs=1e-3)


# ---- the visitor's own map


def made(at: AppTest) -> Made:
    return at.session_state["_map"].made


@needs_maps
def test_a_map_is_made_with_the_visitors_parameters(monkeypatch):
    at = opened()
    at.segmented_control(key="map_own_method").select("tsne").run()
    at.select_slider(key="map_own_count").set_value(500).run()
    at.number_input(key="map_own_tsne_perplexity").set_value(12).run()
    at.number_input(key="map_own_tsne_iterations").set_value(50).run()
    sound(at.button(key="map_own_start").click().run())
    first = made(at)
    parameters = {"perplexity": 12, "exaggeration": 1.0, "iterations": 50}
    assert (first.method, first.count, first.parameters, first.seed) == ("tsne", 500, parameters, 0)
    assert first.job.wait(90) and first.step.done
    with threadpool_limits(1):  # as in a worker: t-SNE doubles every rounding again and again
        *_, expected = shipped.fit_test_digits("tsne", 500, parameters)
    torch.testing.assert_close(first.step.coordinates, expected.coordinates, rtol=0, atol=1e-3)
    assert first.step.metrics == expected.metrics
    sound(at.run())
    sound(at.button(key="map_own_start").click().run())  # the same again is there at once, as another map on the page
    assert made(at).step.done and made(at).number != first.number


@needs_maps
def test_cancel_stops_the_work():
    at = opened()
    at.select_slider(key="map_own_count").set_value(5_000).run()
    sound(at.button(key="map_own_start").click().run())
    assert not made(at).job.over
    sound(at.button(key="map_own_cancel").click().run())
    assert made(at).job.state == "cancelled"
    assert any("Cancelled" in element.value for element in at.caption)
    assert at.button(key="map_own_start")


@needs_maps
def test_who_goes_to_another_page_has_no_map_made():
    at = opened()
    at.select_slider(key="map_own_count").set_value(5_000).run()
    sound(at.button(key="map_own_start").click().run())
    sound(at.switch_page("home/page.py").run())
    assert made(at).job.state == "cancelled"


@needs_maps
def test_while_it_waits_the_page_says_how_many_are_ahead():
    at = AppTest.from_function(workshop, default_timeout=60)
    at.session_state["_map"] = State(made=Made("umap", 500, {}, 0, Job((), ahead=3)))
    sound(at.run())
    assert "Waiting, 3 ahead of you …" in [element.text for element in at.get("progress")]


def workshop():
    from aecore.engine import get_engine
    from pages.latent_map import own_map

    own_map.show(get_engine())


@needs_maps
def test_a_problem_becomes_words():
    at = AppTest.from_function(workshop, default_timeout=60)
    problem = failed("Neighbours of 900 is too much.")
    at.session_state["_map"] = State(made=Made("umap", 500, {}, 0, problem))
    sound(at.run())
    assert "Neighbours of 900" in at.warning[0].value
