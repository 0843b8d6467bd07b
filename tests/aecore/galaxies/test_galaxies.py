"""Galaxies: their pictures, the families that learn from them, turns, directions, flaws, a visitor's frame."""

import io
import json
import math
import struct
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA
from torch.distributions import Independent, Normal, kl_divergence

from aecore.data import digits, load
from aecore.data import galaxies as pictures
from aecore.data.galaxies import CLASSES, SIDE, galaxies
from aecore.errors import DataError, ImageError
from aecore.galaxies import directions, flaws, own, table, turning
from aecore.galaxies.packed import packed
from aecore.jitter import turn, turned
from aecore.models import build
from aecore.models.sorter import blur
from tests import node

SMALL = {"image_shape": (3, 16, 16), "latent_dim": 4, "widths": (4, 6)}


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def galaxy(side=SIDE, center=None, radius=20.0, ratio=1.0, color=(1.0, 0.8, 0.6), sky=0.02):
    """A smooth made-up galaxy: an ellipse of light that falls off exponentially, (side, side, 3)."""
    row, column = center or ((side - 1) / 2, (side - 1) / 2)
    rows, columns = np.indices((side, side))
    distance = np.hypot((rows - row) / ratio, columns - column)
    light = np.exp(-distance / radius * 2)[..., None] * np.array(color)
    return np.clip(sky + light, 0, 1).astype(np.float32)


def tensor(picture):
    return torch.from_numpy(picture).permute(2, 0, 1)[None]


# ---- the pictures


def test_the_pictures_are_those_that_the_readme_counts():
    for split, counts in (("train", (112, 240, 240, 160)), ("test", (28, 60, 60, 40))):
        assert Counter(one.kind for one in galaxies(split)) == dict(zip(CLASSES, counts, strict=True))
    x, y = load("test", "galaxies")
    assert x.shape == (188, 3, SIDE, SIDE) and x.dtype == torch.uint8 and y.tolist().count(3) == 40
    first = np.asarray(Image.open(io.BytesIO(galaxies("test")[5].webp)))
    assert np.array_equal(x[5].permute(1, 2, 0).numpy(), first) and CLASSES[y[5]] == galaxies("test")[5].kind
    assert not {one.name for one in galaxies("train")} & {one.name for one in galaxies("test")}
    held_out = Counter(one.kind for one in galaxies("train")[-92:])
    assert set(held_out) == set(CLASSES)  # all classes are among those that choose the best epoch
    with pytest.raises(ValueError, match="split"):
        galaxies("both")


@pytest.mark.parametrize("content", [None, b"no archive"])
def test_a_missing_or_altered_file_is_named(content, tmp_path, monkeypatch):
    monkeypatch.setattr(digits, "_HERE", tmp_path)
    pictures.galaxies.cache_clear()
    if content:
        (tmp_path / "galaxies.zip").write_bytes(content)
    with pytest.raises(DataError, match=r"galaxies\.zip .*Restore it"):
        galaxies("test")


# ---- the families


def test_the_loss_is_the_negative_elbo_of_gaussian_pixels():
    model = build("gaussian_vae", {**SMALL, "variance": 0.02})
    x = torch.rand(5, 3, 16, 16, generator=rng())
    terms = model.loss(x, rng(1))
    mu, logvar = model.posterior(x)
    q, prior = Independent(Normal(mu, (logvar / 2).exp()), 1), Independent(Normal(torch.zeros(4), torch.ones(4)), 1)
    z = model.reparameterize(mu, logvar, rng(1))
    p = Independent(Normal(model.decode(z), 0.02**0.5), 3)
    constant = 3 * 16 * 16 * 0.5 * math.log(2 * math.pi * 0.02)
    elbo = p.log_prob(x) + constant - kl_divergence(q, prior)
    torch.testing.assert_close(terms["loss"], -elbo.mean(), rtol=1e-4, atol=1e-2)
    torch.testing.assert_close(terms["kl"], kl_divergence(q, prior).mean(), rtol=1e-4, atol=1e-4)
    review = build("gaussian_vae", {**SMALL, "variance": 0.5}).loss(x, rng(1))
    torch.testing.assert_close(review["loss"], review["squared error"] + review["kl"])
    with pytest.raises(ValueError, match="variance"):
        build("gaussian_vae", {**SMALL, "variance": 0.0})


def test_the_classifier_learns_from_blurred_pictures_and_is_judged_on_sharp_ones():
    model = build("sorter", {"image_shape": (3, 16, 16), "widths": (4, 6)})
    x, y = torch.rand(8, 3, 16, 16, generator=rng()), torch.arange(8) % 4
    trained = model.train().loss(x, y, rng(2))["loss"]
    model.eval()
    torch.testing.assert_close(model.loss(x, y)["loss"], torch.nn.functional.cross_entropy(model(x), y))
    assert trained != model.loss(x, y)["loss"]
    torch.testing.assert_close(model.classify(x).sum(1), torch.ones(8))
    soft = blur(x, rng(3))
    torch.testing.assert_close(soft.mean((2, 3)), x.mean((2, 3)), rtol=0.05, atol=0.02)
    assert (soft.flatten(1).var(1) < x.flatten(1).var(1)).all()


# ---- turns


def test_a_quarter_turn_is_exact_and_a_mirror_comes_first():
    x = torch.rand(2, 3, 12, 12, generator=rng())
    quarter = torch.full((2,), math.pi / 2)
    torch.testing.assert_close(turned(x, quarter), torch.rot90(x, 1, (2, 3)), rtol=0, atol=1e-5)
    mirrored = turned(x, quarter, torch.tensor([-1.0, 1.0]))
    torch.testing.assert_close(mirrored[0], torch.rot90(x[0].flip(2), 1, (1, 2)), rtol=0, atol=1e-5)
    torch.testing.assert_close(mirrored[1], torch.rot90(x[1], 1, (1, 2)), rtol=0, atol=1e-5)


def test_random_turns_go_everywhere_and_half_of_them_mirror():
    arrow = torch.zeros(1, 1, 33, 33)
    arrow[0, 0, 16, 26] = 1  # a spot to the right, and a weaker one above it
    arrow[0, 0, 6, 26] = 0.5
    out = turn(arrow.expand(400, -1, -1, -1), rng(4))
    assert torch.equal(out, turn(arrow.expand(400, -1, -1, -1), rng(4)))
    rows, columns = torch.meshgrid(torch.arange(33.0) - 16, torch.arange(33.0) - 16, indexing="ij")
    ring = (rows.square() + columns.square()).sqrt()
    spot, other = (out[:, 0] * mask for mask in ((ring > 8) & (ring < 12), (ring > 12.5) & (ring < 16)))
    place = [
        torch.stack([(part * axis).sum((1, 2)) / part.sum((1, 2)) for axis in (columns, rows)])
        for part in (spot, other)
    ]
    angle = torch.atan2(-place[0][1], place[0][0])
    assert np.histogram(angle.numpy(), 4, (-math.pi, math.pi))[0].min() > 60  # a quarter is 100
    side = (place[0][0] * place[1][1] - place[0][1] * place[1][0]) > 0
    assert 150 < int(side.sum()) < 250


def test_halfway_of_a_code_that_is_the_picture_is_the_fade():
    class Copier:
        encode = staticmethod(lambda x: x.flatten(1))
        decode = staticmethod(lambda z: z.view(-1, 3, 16, 16))

        def __call__(self, x):
            return x

    x = tensor(galaxy(16, radius=6, ratio=0.4)).clamp(0, 1)
    half = turning.halfway(Copier(), x, 90)
    torch.testing.assert_close(half.code, half.fade)
    assert float(half.known) == 0 and 0 < float(half.fade) < float(half.still)


def test_the_browser_turns_as_the_engine_does():
    x = torch.rand(1, 3, 16, 16, generator=rng(5))
    script = """async (load, x, angle) => {
        const { rotated } = await load("/pages/galaxies/turn/rotate.js")
        return [...rotated(Float32Array.from(x), 16, angle)]
    }"""
    for angle in (0.0, 0.4, math.pi / 2, 3.0):
        ours = torch.tensor(node.run(script, x.flatten().tolist(), angle)).view_as(x)
        torch.testing.assert_close(ours, turned(x, torch.tensor([angle])), rtol=0, atol=1e-4)


# ---- directions


def test_directions_are_the_principal_axes():
    z = torch.randn(60, 8, generator=rng(6)) @ torch.diag(torch.tensor([5.0, 3, 2, 1, 1, 1, 1, 1]))
    found, reference = directions.directions(z, 3), PCA(3).fit(z.numpy())
    np.testing.assert_allclose(np.abs((found.axes.numpy() * reference.components_).sum(1)), 1, atol=1e-4)
    np.testing.assert_allclose(found.spread, reference.explained_variance_**0.5, rtol=1e-4)
    np.testing.assert_allclose(found.share, reference.explained_variance_ratio_, rtol=1e-4)
    np.testing.assert_allclose(found.along(z).std(0), 1, rtol=1e-4)


def test_properties_are_read_off_pictures():
    round_, long = (directions.measure(tensor(galaxy(ratio=ratio))) for ratio in (1.0, 0.4))
    assert round_["elongation"][0] < 0.05 and 0.4 < long["elongation"][0] < 0.65
    assert long["upright"][0] < -0.5 and abs(long["lean"][0]) < 0.05  # it lies
    leaning = directions.measure(turned(tensor(galaxy(ratio=0.4)), torch.tensor([-math.pi / 4])))
    assert leaning["lean"][0] > 0.5 and abs(leaning["upright"][0]) < 0.05  # clockwise: from the upper left
    small, red = directions.measure(tensor(galaxy(radius=10))), directions.measure(tensor(galaxy(color=(1, 0.5, 0.2))))
    assert small["size"][0] < round_["size"][0] and small["concentration"][0] > round_["concentration"][0]
    assert (
        red["redness"][0]
        > round_["redness"][0]
        > 0
        > directions.measure(tensor(galaxy(color=(0.4, 0.6, 1))))["redness"][0]
    )
    r = directions.correlations(torch.tensor([[1.0], [2], [4]]), {"brightness": np.array([3.0, 2, 0])})
    assert r == [{"brightness": pytest.approx(-1)}]


# ---- flaws


@pytest.mark.parametrize("angle", [0, 37, 90])
def test_a_dark_line_is_found_at_any_angle_and_a_dark_spot_is_none(angle):
    clean = tensor(galaxy()) + 0.02 * torch.randn(1, 3, SIDE, SIDE, generator=rng(7))
    line = torch.zeros(1, 1, SIDE, SIDE)
    line[..., 60:61] = 1
    line = turned(line, torch.tensor([math.radians(angle)]))
    spot = torch.zeros(1, 1, SIDE, SIDE)
    spot[..., 40:51, 40:51] = 1
    expected = tensor(galaxy())
    plain, lined, spotted = (
        float(flaws.dark_line((clean * (1 - 0.8 * dark)).clamp(0, 1), expected)) for dark in (0 * line, line, spot)
    )
    assert lined > 2 * plain and lined > spotted


def test_the_network_is_not_needed_to_know_what_a_line_interrupts():
    x = tensor(galaxy())
    line = x.clone()
    line[..., 70:71] = 0
    assert float((flaws.by_median(line) - x)[..., 70].abs().mean()) < 0.1 * float(
        x[..., 70].mean()
    )  # the gap is filled
    assert float(flaws.dark_line(line, flaws.by_median(line))) > 3 * float(flaws.dark_line(x, flaws.by_median(x)))
    assert {one.name for split in ("train", "test") for one in galaxies(split)} >= flaws.MISSING_COLUMNS


def test_the_relative_error_is_a_share_of_the_light():
    x = torch.rand(2, 3, 8, 8, generator=rng(8)) + 0.1
    torch.testing.assert_close(flaws.relative_error(x, torch.zeros_like(x)), torch.ones(2))
    torch.testing.assert_close(flaws.relative_error(x, 0.5 * x), torch.full((2,), 0.25))


# ---- a visitor's picture


def png(pixels):
    packed = io.BytesIO()
    Image.fromarray((pixels * 255 + 0.5).astype(np.uint8)).save(packed, "PNG")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("side", "center", "radius"), [(400, (120, 260), 30.0), (128, (50, 70), 12.0), (900, (500, 420), 90.0)]
)
def test_a_galaxy_is_centred_and_scaled_as_the_data_are(side, center, radius):
    framed = own.open_framed(png(galaxy(side, center, radius)))
    assert framed.moved and framed.x.shape == (1, 3, SIDE, SIDE)
    (row, column), held = own.light_radius(framed.x[0].mean(0).numpy())
    assert abs(row - 63.5) < 2 and abs(column - 63.5) < 2
    assert held == pytest.approx(SIDE / own.FRAME, rel=0.2)


def test_a_galaxy_of_the_data_stays_about_where_it_is():
    x = load("test", "galaxies")[0][:8].float() / 255
    framed = [own.frame(picture.permute(1, 2, 0).numpy()) for picture in x]
    assert all(one.moved for one in framed)
    assert float(flaws.relative_error(x, torch.cat([one.x for one in framed])).median()) < 0.15


def test_what_is_no_galaxy_is_taken_whole_and_said_to_be():
    photo = 0.4 + 0.3 * np.random.default_rng(0).random((90, 140, 3)).astype(np.float32)
    framed = own.frame(photo)
    assert not framed.moved and framed.note == own.WHOLE and 0.3 < float(framed.x.mean()) < 0.8


def test_grey_and_clear_pictures_are_read_too():
    grey = (galaxy()[..., 1] * 255).astype(np.uint8)
    packed = io.BytesIO()
    Image.fromarray(np.dstack([grey, np.where(np.indices(grey.shape)[1] < 10, 0, 255)]).astype(np.uint8), "LA").save(
        packed, "PNG"
    )
    x = own.open_framed(packed.getvalue()).x
    assert torch.equal(x[0, 0], x[0, 2])


@pytest.mark.parametrize("side", [8, 31])
def test_too_few_pixels_are_refused_in_words(side):
    with pytest.raises(ImageError, match=rf"{side} x {side} pixels.*Choose one"):
        own.frame(galaxy(side, radius=3))


def test_one_even_colour_is_refused_in_words():
    with pytest.raises(ImageError, match="one even colour"):
        own.frame(np.full((64, 64, 3), 0.3, np.float32))
    with pytest.raises(ImageError):
        own.open_framed(b"no picture")


# ---- what the browser gets


@pytest.mark.skipif(not table.results_file().exists(), reason="not measured here")
def test_the_browser_reads_codes_and_pictures_as_they_are():
    content = packed()
    (length,) = struct.unpack("<I", content[:4])
    head = json.loads(content[4 : 4 + length])
    every = [*galaxies("train"), *galaxies("test")]
    assert [one["name"] for one in head["galaxies"]] == [one.name for one in every]
    assert content.endswith(every[-1].webp)
    script = """async (load, head) => {
        const { floats16 } = await load("/pages/galaxies/sky.js")
        return [...floats16(Uint16Array.from(head))]
    }"""
    halves = np.array([0.0, -1.5, 3.14159, 6e-8, -65504, 1e-5], np.float16)
    np.testing.assert_allclose(node.run(script, halves.view(np.uint16).tolist()), halves.astype(float), rtol=1e-6)


def test_a_table_that_is_missing_or_damaged_names_the_command(tmp_path):
    for content in (None, b"{}"):
        path = tmp_path / "galaxies.json"
        if content:
            path.write_bytes(content)
        with pytest.raises(DataError, match=r"benchmarks\.galaxies"):
            table.load(path)
    with pytest.raises(DataError, match=r"benchmarks\.galaxies"):
        table.load_sky(tmp_path / "galaxies.safetensors")
    (tmp_path / "galaxies.safetensors").write_bytes(b"no tensors")
    with pytest.raises(DataError, match="damaged"):
        table.load_sky(tmp_path / "galaxies.safetensors")
