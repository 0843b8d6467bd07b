"""Scores by Python's door and by the shell's, beside the parts that they are made of."""

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from aecore import anomaly_scores, checkpoints
from aecore.anomaly import normal, rank, scores, table
from aecore.anomaly.normal import BOTH, DAE, DIGITS, ELBO, INK, Normal
from aecore.cli import app
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import DataError

pytestmark = pytest.mark.skipif("one-class-4" not in checkpoints.names(), reason="no trained models here")


def test_scores_are_those_of_the_networks():
    x = load_digits("test")[0][:3].float() / 255
    marks, model = anomaly_scores(x, normal=4), get_engine().model("one-class-4")
    with torch.inference_mode():
        recon = model(x)
        error = (recon - x).square().sum((1, 2, 3))
        assert torch.allclose(marks[DAE], error, rtol=1e-4)
        z = model.encode(load_digits("train")[0][:1].float() / 255)
        assert torch.allclose(
            model.features(load_digits("train")[0][:1].float() / 255), z @ model.whiten.T + model.shift
        )
        assert torch.allclose(marks[BOTH], model.oddness(x), rtol=1e-3)
    assert set(marks) == set(Normal("4").scores)
    assert set(anomaly_scores(x)) == set(Normal(DIGITS).scores)


def test_calibration_makes_the_class_usual():
    """Whitened codes of fresh 4s have about mean 0 and covariance I; their mean oddness is about 0."""
    images, y = load_digits("test")
    x, model = images[y == 4].float() / 255, get_engine().model("one-class-4")
    with torch.inference_mode():
        features = model.features(x).numpy()
        assert abs(float(model.oddness(x).mean())) < 0.7
    assert np.abs(features.mean(0)).max() < 0.5
    assert np.diag(np.cov(features.T)).mean() == pytest.approx(1, abs=0.35)


def test_an_empty_page_fools_the_likelihood_and_not_the_error_by_ink():
    marks, usual = anomaly_scores(torch.zeros(1, 1, 28, 28)), rank.distributions(Normal(DIGITS))
    assert rank.share_below(float(marks[ELBO]), usual[ELBO]) < 5
    assert rank.share_below(float(marks[INK]), usual[INK]) == 100


@pytest.mark.parametrize("lacking", ["2/doubt/normal", "digits/elbo/normal"])
def test_a_file_of_scores_that_lacks_normal_ones_is_refused(tmp_path, lacking):
    whole = table.load_distributions()
    path = tmp_path / "scores.safetensors"
    table.save_distributions({key: values for key, values in whole.items() if key != lacking}, path)
    with pytest.raises(DataError, match=f"lacks {lacking}.*Measure again"):
        table.load_distributions(path)


def test_the_nearest_digit_of_a_training_digit_is_itself():
    x = normal.training_digits(7)[:2]
    assert torch.equal(normal.neighbour(Normal("7"), x), x)
    assert scores.nearest(x, normal.base(Normal("7")), k=1).max() < 0.01


@pytest.mark.parametrize("bad", [torch.zeros(1, 1, 27, 28), torch.full((1, 1, 28, 28), 2.0)])
def test_what_is_no_digit_is_refused(bad):
    with pytest.raises(ValueError, match="x"):
        anomaly_scores(bad)


def test_the_shell_says_how_odd_a_picture_is_and_where(tmp_path):
    digit = load_digits("test")[0][9, 0].numpy()
    Image.fromarray(255 - np.pad(digit, 30).repeat(4, 0).repeat(4, 1)).save(tmp_path / "digit.png")
    command = ["anomaly", str(tmp_path / "digit.png"), "--normal", "4", "-o", str(tmp_path / "heat.png")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and "Error and code" in done.output and "%" in done.output
    assert Image.open(tmp_path / "heat.png").height > 3 * 28
    assert CliRunner().invoke(app, [*command[:3], "ten"]).exit_code == 2
