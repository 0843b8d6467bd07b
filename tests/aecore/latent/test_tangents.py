"""Tangents, against plain autograd, NumPy's SVD and judges whose borders are known; shifts against rolled pixels."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch.autograd.functional import jacobian

from aecore import records
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.features import measures
from aecore.latent import shifts, tangents
from aecore.latent.tangents import Directions, Estimate, Measured
from aecore.models import build


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:3].float() / 255


def vectors(pictures):
    return pictures.flatten(1).numpy()


def same_up_to_sign(a, b):
    return np.abs(np.abs((a * b).sum(1)) - 1).max() < 1e-3


def test_decoder_directions_are_left_singular_vectors_of_autograds_jacobian(x):
    model = get_engine().model("vae")
    directions = tangents.decoder_directions(model, x[:1], 6)
    z = model.posterior(x[:1])[0].detach()
    reference = jacobian(lambda code: model.decode(code).flatten(), z)[:, 0].numpy()  # (784, D)
    left, values, _ = np.linalg.svd(reference, full_matrices=False)
    assert directions.values.numpy() == pytest.approx(values[:6], rel=1e-4)
    assert directions.pictures.shape == (6, 1, 28, 28)
    assert same_up_to_sign(vectors(directions.pictures), left.T[:6])
    assert (directions.pictures.flatten(1).sum(1) >= 0).all()


def test_encoder_directions_are_right_singular_vectors_of_the_closed_form(x):
    model = build("constrained", {"latent_dim": 90}, seed=3)
    directions = tangents.encoder_directions(model, x[:1], 5)
    weight = model.weight.detach().double().numpy()
    h = 1 / (1 + np.exp(-(weight @ x[0].double().flatten().numpy())))
    _, values, right = np.linalg.svd((h * (1 - h))[:, None] * weight, full_matrices=False)
    assert directions.values.numpy() == pytest.approx(values[:5], rel=1e-4)
    assert same_up_to_sign(vectors(directions.pictures), right[:5])


def test_a_step_along_a_direction_changes_the_code_by_its_singular_value(x):
    model = build("constrained", {"latent_dim": 90}, seed=3).double().requires_grad_(False)
    start = 0.8 * x[:1].double() + 0.1  # away from black and white, where a slide is not cut off
    directions = tangents.encoder_directions(model, start, 3)
    for value, picture in zip(directions.values, directions.pictures, strict=True):
        ends = tangents.slide(start, picture, [-1e-4, 1e-4])
        change = (model.encode(ends)[1] - model.encode(ends)[0]).norm() / 2e-4
        assert float(change) == pytest.approx(float(value), rel=1e-4)


def test_the_width_of_the_code_decides_whose_directions_they_are(x):
    narrow, wide = (build("constrained", {"latent_dim": size}) for size in (64, 65))
    for model, reference in ((narrow, tangents.decoder_directions), (wide, tangents.encoder_directions)):
        directions = tangents.directions_of(model, x[:1], 4)
        assert torch.equal(directions.pictures, reference(model, x[:1], 4).pictures)


def test_no_more_directions_than_numbers_in_the_code(x):
    directions = tangents.directions_of(build("autoencoder", {"latent_dim": 3, "widths": (8,)}), x[:1])
    assert isinstance(directions, Directions)
    assert len(directions.values) == len(directions.pictures) == 3


def test_directions_can_be_asked_for_in_inference_mode(x):
    with torch.inference_mode():
        inside = tangents.directions_of(get_engine().model("ae-conv"), x[:1] * 1, 2)
    assert torch.allclose(inside.values, tangents.directions_of(get_engine().model("ae-conv"), x[:1], 2).values)


@pytest.mark.parametrize("name", ["judge", "cvae"])
def test_models_without_a_code_of_their_own_are_refused(x, name):
    with pytest.raises(ValueError, match="choose a model"):
        tangents.directions_of(get_engine().model(name), x[:1])


def test_spectrum_is_that_of_every_digit_and_effective_directions_those_of_its_jacobian(x):
    model = get_engine().model("wide-contractive")
    values = tangents.spectrum(model, x)
    for row, one in zip(values, x, strict=True):
        first = tangents.encoder_directions(model, one[None], 8).values
        assert row[:8].numpy() == pytest.approx(first.numpy(), rel=1e-4)
    expected = measures.directions(measures.jacobians(model.encode, x))
    assert torch.allclose(tangents.effective_directions(values), expected, rtol=1e-3)
    assert float(tangents.effective_directions(torch.tensor([2.0, 2, 2, 0]))) == pytest.approx(3)


def test_random_directions_have_length_one_and_no_preference():
    directions = tangents.random_directions((1, 28, 28), 2000, torch.Generator().manual_seed(0))
    assert directions.shape == (2000, 1, 28, 28)
    assert torch.allclose(directions.flatten(1).norm(dim=1), torch.ones(2000), atol=1e-5)
    assert float(directions.flatten(1).mean(0).norm()) < 3 / 2000**0.5  # the mean of n has length 1 / sqrt(n)


def test_slide_moves_and_cuts_off(x):
    direction = torch.zeros(1, 28, 28)
    direction[0, 3, 4] = 1
    row = tangents.slide(x[:1] * 0 + 0.5, direction, [-2, -0.25, 0, 0.25, 2])
    assert row[:, 0, 3, 4].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert (row.flatten(1).sum(1) - row[:, 0, 3, 4] == 783 * 0.5).all()
    with pytest.raises(ValueError, match="784"):
        tangents.slide(x[:1], torch.ones(3), [0.0])


def border(low, high):
    """Reads 1 while the pixel (3, 4) is between the two, else 0."""

    def judge(x):
        inside = (x[:, 0, 3, 4] > low) & (x[:, 0, 3, 4] < high)
        return torch.stack([~inside, inside], 1).float()

    return judge


@pytest.mark.parametrize(("low", "high", "expected"), [(0.26, 0.74, (0.3, 0.3)), (0.05, 2, (0.5, 4)), (0.6, 1, (0, 0))])
def test_reach_ends_where_the_judge_changes_its_mind(low, high, expected):
    x, direction = torch.full((1, 1, 28, 28), 0.5), torch.zeros(1, 28, 28)
    direction[0, 3, 4] = 1
    assert tangents.reach(border(low, high), x, 1, direction, furthest=4) == pytest.approx(expected)


def test_reaches_are_the_reach_of_each(x):
    judge, y = get_engine().classify, torch.tensor([7, 2, 1])
    directions = tangents.random_directions((1, 28, 28), 3, torch.Generator().manual_seed(1))
    together = tangents.reaches(judge, x, y, directions, step=0.5)
    for row, one, label, direction in zip(together, x, y, directions, strict=True):
        left, right = tangents.reach(judge, one[None], int(label), direction, step=0.5)
        assert row.tolist() == pytest.approx([left, right])
        for t, sign in ((left, -1), (right, 1)):
            steps = sign * torch.arange(0, 10, 0.5)
            read = judge(tangents.slide(one[None], direction, steps)).argmax(1) == label
            wrong = steps[~read].abs()
            assert t == (float(wrong[0]) if len(wrong) else 10)


# ---- shifts


@pytest.mark.parametrize("by", [-3, -1, 0, 2])
def test_whole_shifts_are_the_same_pixels_elsewhere(x, by):
    expected = torch.nn.functional.pad(x[:1], (0, 0, by, -by))  # black comes in, what leaves is lost
    assert torch.equal(shifts.shifted(x[:1], by), expected)


def test_shifts_are_right_between_the_pixels():
    rows = torch.arange(28, dtype=torch.float64)
    parabola = (0.1 + 0.001 * rows.square()).view(1, 1, 28, 1).expand(1, 1, 28, 28)
    moved = shifts.shifted(parabola, 0.3)[0, 0, 3:-3, 0]  # cubic convolution is exact for parabolas
    assert moved.numpy() == pytest.approx((0.1 + 0.001 * (rows - 0.3).square())[3:-3].numpy(), abs=1e-12)


def test_the_curves_view_is_its_pca_with_its_tangents(x):
    from sklearn.decomposition import PCA

    points = shifts.curve(x[:1], reach=3, n=31)
    assert points.shape == (31, 784)
    assert torch.allclose(points[15], x[0].flatten(), atol=1e-6)
    view, reference = shifts.view(points, 0.2), PCA(3, svd_solver="full").fit(points.numpy())
    assert view.share == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-4)
    assert np.abs(view.points.numpy()) == pytest.approx(np.abs(reference.transform(points.numpy())), abs=1e-3)
    expected = (view.points[2:] - view.points[:-2]) / 0.4
    assert view.tangents[1:-1].numpy() == pytest.approx(expected.numpy(), abs=1e-3)
    assert shifts.tangents(points, 0.2)[10].numpy() == pytest.approx(((points[11] - points[9]) / 0.4).numpy(), abs=1e-4)


# ---- the measured table


def test_the_measured_table_is_whole_and_of_the_networks_at_hand():
    table = tangents.load()
    assert table.stale(get_engine()) == []
    estimates = [table.random.t, table.nearest.t, table.patches, *table.sure.values()]
    estimates += [one for row in table.dimensions.values() for one in (row.two_nn, row.likelihood)]
    assert all(one.low <= one.value <= one.high for one in estimates)


def test_a_written_table_reads_back_and_one_with_a_part_missing_is_refused(tmp_path):
    table = tangents.load()
    path = records.write_table(table, tmp_path / "tangents.json")
    assert asdict(tangents.load(path)) == asdict(table)
    assert isinstance(table, Measured)
    assert isinstance(table.control, Estimate)
    records.write_table(replace(table, dimensions={}), path)
    with pytest.raises(DataError, match=r"benchmarks\.tangents"):
        tangents.load(path)
