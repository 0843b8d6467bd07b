"""Slant, width and thickness: measured against scikit-image, and found in the codes of the conditional models."""

import numpy as np
import pytest
import torch
from skimage.measure import inertia_tensor
from skimage.morphology import skeletonize
from skimage.transform import AffineTransform, warp

from aecore.checkpoints import names
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.latent import styles

CONDITIONAL = [name for name in ("cvae", "cvae-2") if name in names()]


def bar(width: float, height: float = 20, lean: float = 0) -> torch.Tensor:
    """An upright bar, drawn at 8 times its size, sheared by `lean` degrees to the right and averaged down."""
    side = 28 * 8
    big = np.zeros((side, side))
    rows, columns = (slice(int(side / 2 - 4 * length), int(side / 2 + 4 * length)) for length in (height, width))
    big[rows, columns] = 1
    shear = np.tan(np.deg2rad(lean))
    # (x, y) of the output comes from (x + shear (y - middle), y): what lies above the middle moves right
    matrix = np.array([[1, shear, -shear * (side - 1) / 2], [0, 1, 0], [0, 0, 1]])
    leaned = warp(big, AffineTransform(matrix=matrix), order=1)
    small = leaned.reshape(28, 8, 28, 8).mean((1, 3))
    return torch.from_numpy(small).float()[None, None]


@pytest.mark.parametrize("lean", [-30, -10, 0, 20, 35])
def test_slant_is_the_angle_of_a_sheared_bar(lean):
    assert float(styles.measure(bar(3, lean=lean))[0, 0]) == pytest.approx(lean, abs=1)


@pytest.mark.parametrize("width", [2, 3, 4])
@pytest.mark.parametrize("lean", [0, 25])
def test_thickness_is_the_width_of_a_bar_at_any_slant(width, lean):
    long = 20  # its two ends belong to the outline, too
    across = width * np.cos(np.deg2rad(lean))
    thickness = float(styles.measure(bar(width, lean=lean))[0, 2])
    assert thickness == pytest.approx(across * long / (long + across), rel=0.15)


def test_width_is_the_ratio_of_the_moments_after_the_shear():
    for lean in (0, 25):
        assert float(styles.measure(bar(8, 16, lean))[0, 1]) == pytest.approx(0.5, abs=0.03)


def test_measures_agree_with_scikit_image_on_real_digits():
    images = load_digits("test")[0][:200]
    x = images.float() / 255
    measures = styles.measure(x).numpy()
    slant, width, thickness = [], [], []
    for picture in x[:, 0].numpy():
        tensor = inertia_tensor(picture)  # rows and columns: [[m_cc, -m_rc], [-m_rc, m_rr]]
        m_cc, m_rc, m_rr = tensor[0, 0], -tensor[0, 1], tensor[1, 1]
        slant.append(np.rad2deg(np.arctan(-m_rc / m_rr)))
        width.append(np.sqrt((m_cc - m_rc**2 / m_rr) / m_rr))
        large = np.kron(picture, np.ones((3, 3))) > 0.5
        thickness.append(large.sum() / skeletonize(large).sum() / 3)
    assert np.allclose(measures[:, 0], slant, atol=0.1)
    assert np.allclose(measures[:, 1], width, atol=0.01)
    assert np.corrcoef(measures[:, 2], thickness)[0, 1] > 0.88
    assert measures[:, 2].mean() == pytest.approx(np.mean(thickness), abs=0.25)


def test_an_empty_picture_measures_zero_and_colours_are_refused():
    assert torch.equal(styles.measure(torch.zeros(2, 1, 28, 28)), torch.zeros(2, 3))
    with pytest.raises(ValueError, match="must be"):
        styles.measure(torch.zeros(1, 3, 28, 28))


def test_fit_finds_the_directions_that_made_the_codes():
    rng = torch.Generator().manual_seed(0)
    y = torch.arange(1500) % 10
    measured = torch.randn(1500, 3, generator=rng) * torch.tensor([12.0, 0.2, 0.5]) + y[:, None]  # classes differ
    truth = torch.linalg.qr(torch.randn(8, 8, generator=rng))[0][:3]  # three directions at right angles
    z = (measured - y[:, None]) / torch.tensor([12.0, 0.2, 0.5]) @ truth + 0.3 * torch.randn(1500, 8, generator=rng)
    z += y[:, None].float() * 5  # and so do their codes
    fitted = styles.fit(z, y, measured, 1000)
    assert torch.allclose(fitted.vectors, truth, atol=0.06)
    assert torch.allclose(fitted.sd, torch.tensor([12.0, 0.2, 0.5]), rtol=0.08)
    assert (fitted.r2 > 0.85).all()


def test_r2_is_about_nothing_where_the_code_knows_nothing():
    rng = torch.Generator().manual_seed(1)
    y = torch.arange(1500) % 10
    fitted = styles.fit(torch.randn(1500, 4, generator=rng), y, torch.randn(1500, 3, generator=rng), 1000)
    assert (fitted.r2.abs() < 0.05).all()


@pytest.mark.parametrize("name", CONDITIONAL)
def test_directions_do_what_they_say(name):
    engine = get_engine()
    directions = styles.directions(engine, name)
    print(name, "R2", [round(value, 3) for value in directions.r2.tolist()])
    held = directions.r2 >= styles.HELD
    assert bool(held[0])  # a code that knows no slant would be a sad style
    reply = styles.response(engine, name, directions, seed=5)
    print(reply)
    for place in held.nonzero()[:, 0].tolist():
        assert reply[place, place] == pytest.approx(1, abs=0.2)
        others = [other for other in held.nonzero()[:, 0].tolist() if other != place]
        assert reply[place, others].abs().max() < 0.2


@pytest.mark.skipif("cvae" not in names(), reason="no cvae here")
def test_the_larger_code_holds_all_three_styles():
    assert (styles.directions(get_engine(), "cvae").r2 > 0.7).all()


@pytest.mark.skipif(not CONDITIONAL, reason="no conditional model here")
def test_a_step_adds_up_and_typos_are_refused():
    directions = styles.directions(get_engine(), CONDITIONAL[0])
    both = directions.step({"slant": 2, "width": -1})
    assert torch.allclose(both, 2 * directions.vectors[0] - directions.vectors[1], atol=1e-5)
    assert torch.equal(directions.step({}), torch.zeros_like(both))
    with pytest.raises(KeyError, match="slnat"):
        directions.step({"slnat": 1})


@pytest.mark.skipif("ae-linear-32" not in names(), reason="no models here")
def test_a_model_that_is_not_told_the_class_has_no_style_directions():
    with pytest.raises(ValueError, match="not conditional"):
        styles.directions(get_engine(), "ae-linear-32")
