"""Maps: shipped ones are sound and reproducible, new digits land where they belong, new maps can be stopped."""

import json
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from aecore import checkpoints
from aecore.__main__ import app
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import ProjectionError
from aecore.maps import methods, shipped


@pytest.fixture(scope="module")
def digits():
    images, y = load_digits("test")
    return images[:200].float() / 255, y[:200]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A folder with one map in it, to be damaged."""
    shutil.copy(shipped.folder() / "pca.safetensors", tmp_path)
    monkeypatch.setenv("AECORE_MAPS", str(tmp_path))
    return tmp_path / "pca.safetensors"


def ignore(*news):
    """A report that nobody reads."""


# shipped maps


def test_every_map_ships_and_is_whole():
    assert shipped.names() == list(shipped.RECIPES)
    assert sum(path.stat().st_size for path in shipped.folder().iterdir()) < 3e6
    for name in shipped.names():
        table = shipped.load(name)
        assert table.coordinates.shape == (10_000, 2) and table.coordinates.dtype == torch.float32
        assert table.name == name and table.title and table.summary and table.card.versions
        recipe = shipped.RECIPES[name]
        assert table.card.parameters == recipe.parameters and table.card.seed == recipe.seed
        if recipe.model:
            assert table.card.model_sha256 == get_engine().card(recipe.model).sha256
        assert {"knn_accuracy", "trustworthiness", "continuity", "silhouette"} <= table.metrics.keys()
    assert shipped.load("vae-2").logvar.shape == (10_000, 2)
    assert [name for name in shipped.names() if shipped.load(name).decodable] == ["ae-2-bce", "ae-2", "vae-2"]


def test_the_command_line_makes_the_map_that_ships(tmp_path, monkeypatch):
    first = shipped.load("pca")
    monkeypatch.setenv("AECORE_MAPS", str(tmp_path))
    assert shipped.names() == []
    run = CliRunner().invoke
    assert run(app, ["map"]).exit_code == 2 and run(app, ["map", "nothing"]).exit_code == 2
    done = run(app, ["map", "pca"])
    assert done.exit_code == 0 and "trustworthiness" in done.output and shipped.names() == ["pca"]
    again = shipped.load("pca")
    torch.testing.assert_close(again.coordinates.abs(), first.coordinates.abs(), rtol=0, atol=1e-3)  # up to sign
    for name, metric in first.metrics.items():
        assert again.metrics[name].value == pytest.approx(metric.value, abs=0.1)


def test_any_cut_or_flipped_bit_is_noticed(copied):
    whole = copied.read_bytes()
    for length in (0, 5, 300, len(whole) // 2, len(whole) - 1):
        copied.write_bytes(whole[:length])
        with pytest.raises(ProjectionError, match=r"pca\.safetensors.*python -m aecore map pca"):
            shipped.load("pca")
    for place in (len(whole) // 2, len(whole) - 1):
        altered = bytearray(whole)
        altered[place] ^= 1
        copied.write_bytes(altered)
        with pytest.raises(ProjectionError, match="altered"):
            shipped.load("pca")
    copied.write_bytes(whole)
    assert shipped.load("pca").name == "pca"


def change(path, card=(), **tensors):
    """Write a map again with another card, its checksum right."""
    pca = shipped.load("pca")
    tensors = {"coordinates": pca.coordinates, **pca.tensors, **tensors}
    record = json.loads(json.dumps(pca.card, default=vars)) | {"sha256": checkpoints.digest(tensors)} | dict(card)
    checkpoints.write(path, tensors, {"card": json.dumps(record)})


def test_what_is_sound_but_wrong_is_refused(copied):
    whole = copied.read_bytes()
    nan = torch.full((10_000, 2), float("nan"))
    for changed in (
        {"coordinates": nan},
        {"coordinates": torch.zeros(10_000, 3)},
        {"coordinates": torch.zeros(5, 2)},
        {"coordinates": torch.zeros(10_000, 2, dtype=torch.float64)},
        {"components": torch.zeros(2, 5)},
        {"logvar": torch.zeros(3, 2)},
        {"card": {"name": "umap"}},
        {"card": {"format": 99}},
        {"card": {"surprise": 1}},
        {"card": {"metrics": None}},
        {"card": {"metrics": {"knn_accuracy": {"value": None, "unit": "", "better": "", "definition": ""}}}},
        {"card": {"title": 5}},
        {"card": {"seed": -1}},
        {"card": {"method": "voodoo"}},
        {"card": {"method": "mds", "parameters": {}}},
        {"card": {"parameters": {"landmarks": 5}}},
        {"card": {"model": "ae-2", "model_sha256": "of another training"}},
    ):
        change(copied, **changed)
        with pytest.raises(ProjectionError, match="python -m aecore map pca"):
            shipped.load("pca")
        copied.write_bytes(whole)
    copied.write_bytes(bytes(shipped.MAX_BYTES + 1))
    with pytest.raises(ProjectionError, match="larger"):
        shipped.load("pca")
    with pytest.raises(ProjectionError, match=r"no map umap\.safetensors"):
        shipped.load("umap")


# where new digits land


@pytest.mark.parametrize("name", ["ae-2", "vae-2", "pca", "ae-conv-pca", "vae-pca"])
def test_the_maps_own_digits_land_on_their_points(name, digits):
    # a batch of another size rounds otherwise; an autoencoder's code reaches 20
    torch.testing.assert_close(
        shipped.place(name, digits[0]), shipped.load(name).coordinates[:200], rtol=1e-4, atol=2e-3
    )


@pytest.mark.parametrize("name", ["umap", "tsne", "mds"])
def test_the_maps_own_digits_land_near_their_points(name, digits):
    x, here = digits[0][:50], shipped.load(name)
    x = (x + 0.02 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)
    placed = shipped.place(name, x)
    extent = (here.coordinates.amax(0) - here.coordinates.amin(0)).mean()
    off = (placed - here.coordinates[:50]).norm(dim=1) / extent
    assert float(off.median()) < 0.02
    alone = torch.cat([shipped.place(name, x[place : place + 1]) for place in range(5)])
    torch.testing.assert_close(alone, placed[:5], rtol=0, atol=1e-5 * float(extent))


def test_new_digits_land_among_their_class():
    images, y = (part[:100] for part in load_digits("train"))
    near = torch.cdist(shipped.place("umap", images.float() / 255), shipped.load("umap").coordinates)
    voted = load_digits("test")[1][near.topk(10, largest=False).indices].mode(1).values
    assert float((voted == y).float().mean()) > 0.85


def test_a_free_point_of_mds_minimises_its_stress():
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    others, x = rng.normal(size=(40, 5)), rng.normal(size=(8, 5))
    at = others[:, :2] + 0.1 * rng.normal(size=(40, 2))
    placed = methods.place_by_distances(x, others, at, steps=500)
    for one, y in zip(x, placed, strict=True):
        wanted = np.linalg.norm(one - others, axis=1)

        def stress(y, wanted=wanted):
            return np.square(wanted - np.linalg.norm(y - at, axis=1)).sum()

        assert stress(y) <= minimize(stress, y + 0.05, method="BFGS").fun * (1 + 1e-4)


# methods


def test_pca_is_the_singular_value_decomposition(digits):
    x = digits[0].flatten(1).numpy()
    u, s, _ = np.linalg.svd(x - x.mean(0), full_matrices=False)
    z = methods.lay_out("pca", x, {}, 0, ignore)
    np.testing.assert_allclose(np.abs(z), np.abs(u[:, :2] * s[:2]), atol=1e-3)


def test_mds_of_a_plane_gives_its_distances_back():
    plane = np.random.default_rng(0).normal(size=(150, 2)).astype(np.float32)
    x = plane @ np.random.default_rng(1).normal(size=(2, 784)).astype(np.float32)
    z = methods.lay_out("mds", x, {"landmarks": 60, "iterations": 100}, 0, ignore)
    apart = [np.linalg.norm(points[:, None] - points, axis=2) for points in (x, z)]
    np.testing.assert_allclose(apart[1], apart[0], rtol=0.01, atol=0.01 * apart[0].max())


@pytest.mark.parametrize(
    ("method", "parameters"), [("umap", {"n_neighbors": 8}), ("tsne", {"perplexity": 10, "iterations": 100})]
)
def test_same_seed_same_map_and_classes_apart(method, parameters, digits):
    from aecore.maps.metrics import knn_accuracy

    x, shares = digits[0].flatten(1).numpy(), []
    first, again = (
        methods.lay_out(method, x, parameters, 3, lambda share, *news: shares.append(share)) for _ in range(2)
    )
    np.testing.assert_array_equal(first, again)
    assert knn_accuracy(first, digits[1].numpy()) > 0.6  # chance is 0.1, two components of PCA have 0.4
    assert min(shares) >= 0 and max(shares) <= 1.0001 and len(shares) > 4


@pytest.mark.parametrize("method", methods.METHODS)
@pytest.mark.parametrize("n", [10, 11, 60])
def test_a_map_of_any_number_of_digits_with_the_defaults(method, n, digits):
    x = digits[0][:n].flatten(1).numpy()
    z = methods.lay_out(method, x, {"iterations": 50} if method == "tsne" else {}, 0, ignore)
    assert z.shape == (n, 2) and np.isfinite(z).all() and (z.std(0) > 0).all()


def test_fewer_digits_than_landmarks_are_all_landmarks(digits):
    x = digits[0].flatten(1).numpy()  # 200
    few = methods.lay_out("mds", x, {"landmarks": 200, "iterations": 20}, 0, ignore)
    np.testing.assert_array_equal(methods.lay_out("mds", x, {"iterations": 20}, 0, ignore), few)
    *_, last = shipped.fit("mds", digits[0], {"iterations": 20})
    np.testing.assert_allclose(last.coordinates, few, atol=1e-3)


@pytest.mark.parametrize("method", methods.METHODS)
def test_equal_digits_make_a_map_unless_all_are(method, digits):
    twins = digits[0][:10].repeat(6, 1, 1, 1).flatten(1).numpy()
    parameters = {"iterations": 50} if method == "tsne" else {}
    assert np.isfinite(methods.lay_out(method, twins, parameters, 0, ignore)).all()
    lone = np.concatenate([np.repeat(twins[:1], 59, 0), twins[1:2]])
    assert np.isfinite(methods.lay_out(method, lone, parameters, 0, ignore)).all()
    with pytest.raises(ProjectionError, match="one and the same picture"):
        methods.lay_out(method, np.repeat(twins[:1], 40, 0), parameters, 0, ignore)


@pytest.mark.parametrize("method", methods.METHODS)
def test_numbers_that_are_not_finite_are_refused_in_words(method, digits):
    for value in (np.nan, np.inf):
        x = digits[0][:40].flatten(1).numpy().copy()
        x[3, 300] = value
        with pytest.raises(ValueError, match="NaN or infinite"):
            methods.lay_out(method, x, {}, 0, ignore)
        with pytest.raises(ValueError, match="NaN"):
            next(shipped.fit(method, torch.from_numpy(x).view(-1, 1, 28, 28)))
    *_, last = shipped.fit("pca", digits[0][:1].repeat(12, 1, 1, 1) + torch.linspace(0, 1e-4, 12).view(-1, 1, 1, 1))
    assert last.coordinates.isfinite().all()
    with pytest.raises(ProjectionError, match="one and the same"):
        list(shipped.fit("pca", digits[0][:1].repeat(12, 1, 1, 1)))


def test_twins_keep_themselves_as_first_neighbour():
    neighbours, distances = methods._self_first(np.array([[1, 0], [1, 0]]), np.array([[0.0, 0.0], [0.0, 0.0]]))
    assert neighbours.tolist() == [[0, 1], [1, 0]] and not distances.any()


@pytest.mark.parametrize(
    ("method", "parameters", "says"),
    [
        ("voodoo", {}, "no method"),
        ("umap", {"neighbours": 3}, "no parameter"),
        ("umap", {"n_neighbors": 1}, "from 2 to 200"),
        ("umap", {"n_neighbors": 2.5}, "whole number"),
        ("umap", {"n_neighbors": 100}, "at most 99"),
        ("umap", {"min_dist": 1.0}, "from 0.0 to 0.99"),
        ("umap", {"min_dist": float("nan")}, "from 0.0"),
        ("umap", {"min_dist": "wide"}, "from 0.0"),
        ("umap", {"metric": "taste"}, "cosine"),
        ("tsne", {"perplexity": 50}, "at most 33"),
        ("tsne", {"perplexity": 4}, "from 5"),
        ("mds", {"landmarks": 10**9}, "from 50"),
    ],
)
def test_parameters_out_of_range_are_refused_in_words(method, parameters, says):
    with pytest.raises(ProjectionError, match=says):
        next(shipped.fit(method, torch.zeros(100, 1, 28, 28), parameters))


def test_too_few_and_too_many_digits_are_refused():
    for n in (3, shipped.MOST_DIGITS + 1):
        with pytest.raises(ProjectionError, match="too"):
            next(shipped.fit("pca", torch.zeros(1, 1, 28, 28).expand(n, 1, 28, 28)))


# new maps


def test_a_new_map_comes_with_its_measures(digits):
    x, y = digits
    *steps, last = shipped.fit("tsne", x, {"perplexity": 20, "iterations": 100}, seed=1, y=y)
    shares = [step.share for step in steps]
    assert shares == sorted(shares) and last.done and not any(step.done for step in steps)
    assert last.coordinates.shape == (200, 2) and last.metrics["knn_accuracy"].value > 50
    alone = methods.lay_out("tsne", x.flatten(1).numpy(), {"perplexity": 20, "iterations": 100}, 1, ignore)
    np.testing.assert_allclose(last.coordinates, alone, atol=1e-3)
    *_, last = shipped.fit("pca", x)  # no classes
    assert list(last.metrics) == ["trustworthiness", "continuity"]


@pytest.mark.parametrize("method", ["umap", "tsne", "mds"])
def test_leaving_the_loop_ends_the_work(method, digits, capfd):
    parameters = {"tsne": {"perplexity": 20, "iterations": 1000}, "mds": {"iterations": 300}}.get(method, {})
    steps = shipped.fit(method, digits[0], parameters)
    while next(steps).share < 0.15:  # well within the layout
        pass
    assert "map" in [thread.name for thread in threading.enumerate()]
    steps.close()
    assert "map" not in [thread.name for thread in threading.enumerate()]
    assert "Traceback" not in capfd.readouterr().err


def test_a_failure_inside_comes_out(digits):
    with pytest.raises(ValueError, match="NaN"):
        list(methods.laying_out("pca", np.full((40, 784), np.nan, np.float32), {}, 0))
    with pytest.raises(ProjectionError, match="Choose one of"):
        list(methods.laying_out("voodoo", digits[0].flatten(1).numpy(), {}, 0))


def test_the_first_test_digits_are_laid_out_with_their_classes(digits):
    *_, here = shipped.fit("pca", digits[0], y=digits[1])
    *_, there = shipped.fit_test_digits("pca", 200)
    torch.testing.assert_close(there.coordinates, here.coordinates)
    assert {name: m.value for name, m in there.metrics.items()} == {name: m.value for name, m in here.metrics.items()}


def test_the_share_done_of_an_mds_only_grows(digits):
    shares = []
    x = digits[0].repeat(10, 1, 1, 1).flatten(1).numpy()  # so many that the others are placed in several parts
    parameters = {"landmarks": 50, "iterations": 10}
    methods.lay_out("mds", x, parameters, 0, lambda share, *news: shares.append(share))
    assert shares == sorted(shares) and shares[-1] < 1
    assert len({share for share in shares if share >= 0.9}) == 3  # three parts


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = "import sys, aecore.maps.shipped as p; [p.load(n) for n in p.names()]\n"
    code += "p.place('pca', p.torch.zeros(1, 1, 28, 28))\n"
    code += "print([m for m in ('sklearn', 'scipy', 'umap', 'numba', 'openTSNE') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
