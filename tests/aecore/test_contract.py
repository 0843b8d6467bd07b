"""What people hand to the engine is checked: a wrong batch is a ValueError that says what to do, everywhere."""

import pytest
import torch

import aecore
from aecore import contract, corruptions, metrics, training
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.latent import styles, transforms
from aecore.maps import metrics as map_metrics
from aecore.maps import shipped
from aecore.models import FAMILIES, build
from aecore.recipes import Recipe
from aecore.restore import baselines, energy, inpainting, masks, upscaling

CONFIGS = {
    "autoencoder": {"latent_dim": 3},
    "denoiser": {"widths": (4, 8), "blocks": 1},
    "tied_matrix": {"latent_dim": 3, "hidden": 4},
    "memoriser": {"widths": (8,), "stairs": 16, "hidden": 8},
    "constrained": {"latent_dim": 9},
    "predictive": {"latent_dim": 12},
    "one_class": {"latent_dim": 5},
    "hashing": {"latent_dim": 16, "lengths": (8,), "widths": (4, 8)},
    "stacked": {"hidden": (12, 9), "latent_dim": 5},
    "compressor": {"latent_dim": 7, "channels": 4},
    "vae": {"latent_dim": 3, "widths": (8,)},
    "cvae": {"latent_dim": 3, "widths": (4, 8)},
    "judge": {"widths": (4, 4), "features": 8},
    "inpainter": {"widths": (4, 8), "blocks": 1},
    "masked": {"width": 12, "depth": 1, "decoder_width": 12, "decoder_depth": 1},
    "upscaler": {"widths": (4, 8)},
    "photo_denoiser": {"channels": 1, "widths": (4, 8), "blocks": 1},
    "gan": {"latent_dim": 3, "widths": (4, 8), "critic_widths": (4, 8)},
    "acgan": {"latent_dim": 3, "widths": (4, 8), "critic_widths": (4, 8)},
    "upsampled": {"latent_dim": 3, "widths": (4, 8)},
    "gaussian_vae": {"image_shape": (1, 28, 28), "latent_dim": 3, "widths": (4, 8)},
    "sorter": {"image_shape": (1, 28, 28), "classes": 10, "widths": (4, 8)},
}
X = load_digits("test")[0][:4].float() / 255
Y = torch.arange(4)
MASK = torch.zeros(4, 1, 28, 28)
MASK[:, :, :14] = 1


def rng():
    return torch.Generator().manual_seed(0)


def nan(x, value=float("nan")):
    return x.clone().index_put(
        (torch.tensor(1), torch.tensor(0), torch.tensor(20), torch.tensor(5)), torch.tensor(value)
    )


# a wrong batch, and what its error says to do
WRONG = {
    "bytes": ((X * 255).byte(), r"x.float\(\) / 255|x_low.float\(\) / 255|x_noisy.float\(\) / 255"),
    "0 to 255": (X * 255, "divide by 255"),
    "-1 to 1": (2 * X - 1, r"\+ 1\) / 2"),
    "far": (X * 1000, "clamp"),
    "NaN": (nan(X), "NaN"),
    "inf": (nan(X, float("inf")), "NaN or infinite"),
    "no batch": (X[0], "must be"),
    "no channel": (X[:, 0], "must be"),
    "flat": (X.flatten(1), "must be"),
    "numpy": (X.numpy(), "torch.as_tensor"),
    "sparse": (X.to_sparse(), "to_dense"),
    "complex": (torch.complex(X, X), "real"),
}


def entries():
    """Everything that takes x from people: name -> what calls it with x."""
    calls = {}
    for family in (name for name in CONFIGS if not FAMILIES[name].opponent):  # others take no picture
        model = build(family, CONFIGS[family]).eval()
        label = (Y,) if model.takes_label and hasattr(model, "decode") else ()
        for method in ("__call__", "encode", "posterior", "features"):
            if hasattr(model, method):
                calls[f"{family}.{method}"] = lambda x, of=(model, method), label=label: getattr(*of)(x, *label)
        label = (Y,) if model.takes_label else ()
        calls[f"{family}.loss"] = lambda x, model=model, label=label: model.loss(x, *label, rng())
    vae = build("vae", CONFIGS["vae"]).eval()
    for name in corruptions.CORRUPTIONS:
        calls[f"corrupt {name}"] = lambda x, name=name: corruptions.corrupt(name, x, 0.5, rng())
    for name in ("inpainter", "dae", "telea"):
        calls[f"inpaint {name}"] = lambda x, name=name: inpainting.inpaint(x, MASK, name)
    calls |= {
        "descend": lambda x: next(energy.descend(vae, x, MASK, starts=1, steps=1, rng=rng())),
        "lower": lambda x: upscaling.lower(x, 7),
        "median": lambda x: baselines.restore("median", x, None, "gaussian", 0.5),
        "telea": lambda x: baselines.restore_with("telea", x, MASK, 0.5, 3),
        "mse": lambda x: metrics.mse(x, X),
        "psnr": lambda x: metrics.psnr(x, X),
        "ssim": lambda x: metrics.ssim(x, X),
        "psnr_missing": lambda x: metrics.psnr_missing(x, X, MASK),
        "likelihood": lambda x: metrics.importance_weighted_nll(vae, x, 1, rng()),
        "place": lambda x: shipped.place("pca", x),
        "fit": lambda x: next(shipped.fit("pca", x)),
        "map measures": lambda x: map_metrics.measure(x, None, torch.zeros(4, 2)),
        "zoom": lambda x: transforms.transform("zoom", x, 1.2),
        "styles": styles.measure,
        "classify": Engine("cpu").classify,
    }
    return calls


ENTRIES = entries()


def test_every_family_is_tried():
    of_signals = {"signal_denoiser", "heartbeat_denoiser", "beat_autoencoder"}  # refused in words of their own
    assert set(CONFIGS) | of_signals == set(FAMILIES)


@pytest.mark.parametrize("name", ENTRIES)
def test_a_wrong_batch_is_refused_with_what_to_do(name):
    for kind, (x, says) in WRONG.items():
        with pytest.raises(ValueError, match=says):
            ENTRIES[name](x)
            pytest.fail(f"{kind} was taken")


@pytest.mark.parametrize("name", [name for name in ENTRIES if name not in ("fit", "map measures")])
def test_a_right_batch_is_taken(name):
    ENTRIES[name](X)
    if ".loss" not in name:
        ENTRIES[name](X[:0].new_zeros(4, 1, 28, 28))


def test_the_calls_of_the_readme_refuse_bytes():
    x = load_digits("test")[0][:4]
    for wrong in (x, x.float()):
        with pytest.raises(ValueError, match="divide by 255"):
            aecore.load("dae")(wrong)
        with pytest.raises(ValueError, match="divide by 255"):
            aecore.inpaint(wrong, MASK)
    with pytest.raises(ValueError, match=r"x.float\(\)"):
        aecore.load("dae")(X.double())


WRONG_LABELS = {
    "too large": (torch.tensor([0, 1, 2, 10]), "from 0 to 9"),
    "negative": (torch.tensor([0, 1, 2, -1]), "from 0 to 9"),
    "float": (Y.float(), r"y.long\(\)"),
    "int32": (Y.int(), r"y.long\(\)"),
    "too few": (Y[:3], "one class for each"),
    "one-hot": (torch.nn.functional.one_hot(Y, 10), "one class for each"),
    "list": ([0, 1, 2, 3], "torch.as_tensor"),
}


@pytest.mark.parametrize("kind", WRONG_LABELS)
def test_classes_that_are_none_are_refused(kind):
    y, says = WRONG_LABELS[kind]
    cvae, judge, acgan = (build(name, CONFIGS[name]).eval() for name in ("cvae", "judge", "acgan"))
    data = (torch.zeros(4, 1, 28, 28, dtype=torch.uint8), y)
    recipe = Recipe("", "", "cvae", batch=2, validation=2)
    for call in (
        lambda: cvae(X, y),
        lambda: cvae.encode(X, y),
        lambda: cvae.decode(torch.zeros(4, 3), y),
        lambda: acgan.decode(torch.zeros(4, 3), y),
        lambda: cvae.loss(X, y, rng()),
        lambda: judge.loss(X, y),
        lambda: next(shipped.fit("pca", X, y=y)),
        lambda: training.fit(cvae, data, recipe),
    ):
        with pytest.raises(ValueError, match=says):
            call()


@pytest.mark.parametrize(
    ("mask", "says"),
    [
        (MASK * 255, "mask > 127"),
        (MASK.byte() * 255, "mask > 127"),
        (MASK * 0.4, "mask > 0.5"),
        (nan(MASK), "0 and 1 alone"),
        (MASK[:2], "must be"),
        (MASK[:, 0], "must be"),
        (MASK.numpy(), "torch.as_tensor"),
    ],
)
def test_masks_that_are_none_are_refused(mask, says):
    masked = build("autoencoder", {"latent_dim": 3, "input_dropout": 0.5}).eval()
    vae, inpainter = (build(name, CONFIGS[name]).eval() for name in ("vae", "inpainter"))
    for call in (
        lambda: masked(X, mask),
        lambda: inpainter(X, mask),
        lambda: inpainting.inpaint(X, mask),
        lambda: energy.descend(vae, X, mask, rng=rng()),
        lambda: metrics.psnr_missing(X, X, mask),
        lambda: baselines.restore("telea", X, mask, "patch", 0.5),
    ):
        with pytest.raises(ValueError, match=says):
            call()


def test_a_mask_of_truths_or_whole_numbers_is_a_mask():
    for mask in (MASK.bool(), MASK.byte(), MASK.long()):
        for method in ("inpainter", "dae-pasted", "telea"):
            assert torch.equal(aecore.inpaint(X, mask, method), aecore.inpaint(X, MASK, method))


@pytest.mark.parametrize("hidden", [float("nan"), 7.0])
def test_what_stands_in_a_hole_does_not_matter(hidden):
    x = torch.where(MASK > 0, hidden, X)
    assert torch.equal(aecore.inpaint(x, MASK), aecore.inpaint(X, MASK))
    vae = build("vae", CONFIGS["vae"]).eval()
    energies = [next(energy.descend(vae, given, MASK, starts=2, steps=1, rng=rng())).energy for given in (x, X)]
    assert torch.equal(*energies) and energies[0].isfinite().all()


@pytest.mark.parametrize(
    ("z", "says"),
    [
        (torch.zeros(4, 2), "(N, 3)"),
        (torch.zeros(3), "(N, 3)"),
        (torch.zeros(4, 3).long(), "float"),
        (torch.full((4, 3), float("inf")), "infinite"),
        (torch.zeros(4, 3).double(), "z.float"),
        ([[0.0] * 3], "list"),
    ],
)
def test_codes_that_are_none_are_refused(z, says):
    for family in ("autoencoder", "vae", "gan"):
        with pytest.raises(ValueError, match=says.replace("(", r"\(").replace(")", r"\)")):
            build(family, CONFIGS[family]).eval().decode(z)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (X.repeat(5, 1, 1, 1), "uint8"),
        (torch.zeros(20, 1, 32, 32, dtype=torch.uint8), r"\(N, 1, 28, 28\)"),
        (torch.zeros(20, 28, 28, dtype=torch.uint8), r"\(N, 1, 28, 28\)"),
        (torch.zeros(3, 1, 28, 28, dtype=torch.uint8), "too few"),
    ],
)
def test_training_looks_at_its_data_once(x, says):
    recipe = Recipe("", "", "autoencoder", batch=2, validation=2)
    with pytest.raises(ValueError, match=says):
        training.fit(build("autoencoder", {"latent_dim": 3}), (x, torch.zeros(len(x)).long()), recipe)


def test_inside_the_training_loop_nothing_is_checked_and_afterwards_it_is(monkeypatch):
    checks = []
    monkeypatch.setattr(contract, "check_values", lambda *_: checks.append(1))
    data = (torch.zeros(8, 1, 28, 28, dtype=torch.uint8), torch.zeros(8).long())
    model = build("denoiser", CONFIGS["denoiser"])
    list(training.fit(model, data, Recipe("", "", "denoiser", epochs=1, batch=2, validation=2)))
    assert not checks
    model(X)
    assert checks


def test_a_transform_by_no_number_is_refused():
    for amount in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="finite"):
            transforms.transform("zoom", X, amount)


def test_inputs_of_unequal_length_are_refused_by_the_engine():
    with pytest.raises(ValueError, match="as many"):
        Engine("cpu").reconstruct("cvae", X, y=Y[:3])


def test_holes_are_put_into_pictures_alone():
    for wrong in (X.byte(), X[0], X.numpy()):
        for call in (
            lambda x: masks.hide(x, MASK),
            lambda x: masks.paste(x, X, MASK),
            lambda x: masks.paste(X, x, MASK),
        ):
            with pytest.raises(ValueError, match="must be a float tensor"):
                call(wrong)


@pytest.mark.parametrize(("name", "method"), [("judge", "encode"), ("upscaler", "decode"), ("ae-conv", "posterior")])
def test_what_a_model_cannot_do_is_said(name, method):
    with pytest.raises(ValueError, match=f"{name} has no {method}"):
        getattr(Engine("cpu"), method)(name, X, Y)


def test_an_error_names_the_argument():
    with pytest.raises(ValueError, match=r"^x_low must be"):
        upscaling.upscale(Engine("cpu"), "nearest", torch.zeros(1, 1, 7, 7).long())
