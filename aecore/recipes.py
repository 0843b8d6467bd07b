"""How every shipped model is trained and measured: the one place to read, and to change, a recipe."""

from dataclasses import dataclass, field

from aecore.models import FAMILIES


@dataclass(frozen=True)
class Recipe:
    """Everything that `python -m aecore train NAME` needs to know.

    title, summary: what a visitor reads; family, config: what is built (aecore.models);
    epochs: passes over the training digits; batch: digits a step; lr: Adam's (peak) learning rate;
    schedule: "one-cycle", "gentle" (both warm up, then fall to zero) or "constant", see training.rate;
    weight_decay: decoupled (AdamW);
    ema: decay a step of the running average of the weights, 0 for none; augment: small random rotations, scales
    and shifts; validation: training digits held out to choose the best epoch; seed: of weights, order and noise;
    without: classes left out of the training digits; first: only so many of the training digits, 0 for all;
    finish_epochs, finish_config: fields of the config that change for the last epochs, such as the number of
    importance samples; half: measured and kept in half precision, even if a digit of the card changes; quarter: the
    same in 8 bits a number;
    measures: keys of aecore.evaluation.MEASURES, computed on the test digits for the card.
    """

    title: str
    summary: str
    family: str
    config: dict = field(default_factory=dict)
    dataset: str = "mnist"
    without: tuple[int, ...] = ()
    first: int = 0
    epochs: int = 20
    batch: int = 128
    lr: float = 1e-3
    schedule: str = "one-cycle"
    weight_decay: float = 0.0
    ema: float = 0.0
    augment: bool = False
    validation: int = 2000
    seed: int = 0
    finish_epochs: int = 0
    finish_config: dict = field(default_factory=dict)
    half: bool = False
    quarter: bool = False
    measures: tuple[str, ...] = ("reconstruction",)

    @property
    def kind(self) -> str:
        """What such a model is on every page, see `aecore.models.Family`."""
        return FAMILIES[self.family].kind_of(self.config)


WIDE = {"epochs": 5, "batch": 256, "lr": 2e-3}  # how the wide networks and all their controls are trained
SIGMOID = {"error": "cross-entropy"}  # their two bodies: sigmoid units that paint probabilities
RECTIFIED = {"code": "relu", "output": "linear"}  # and units that can be 0

BOTTLENECKS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 500, 1000)  # code sizes of one body, trained alike
MEMORISED = 100  # digits that one network keeps in one number


def _bottleneck(size: int) -> Recipe:
    return Recipe(
        title=f"Bottleneck of {size:,}" if size > 1 else "Bottleneck of one",
        summary=f"784 pixels through {size:,} number{'s' * (size > 1)}: one matrix there and back, "
        "and 32 nonlinear units.",
        family="tied_matrix",
        config={"latent_dim": size},
        epochs=20 if size <= 64 else 8,
        batch=256,
        lr=3e-3 if size <= 64 else 1e-3,  # at the larger rate a wide matrix shakes off what digits do not ask for
        half=True,
        measures=("reconstruction", "static"),
    )


def _one_class(digit: int) -> Recipe:
    return Recipe(
        title=f"Autoencoder that knows {digit}s alone",
        summary=f"A small convolutional denoiser, trained on the {digit}s of the training digits and nothing else.",
        family="one_class",
        without=tuple(other for other in range(10) if other != digit),
        epochs=16,
        batch=128,
        lr=3e-3,
        ema=0.99,
        validation=500,
        half=True,
        measures=(f"one_class_{digit}",),
    )


def _texture(name: str) -> Recipe:
    return Recipe(
        title=f"Patchwise autoencoder of {name}",
        summary=f"Patches of 16 x 16 pixels of {name} through 16 numbers: it marks what is no {name}.",
        family="one_class",
        config={"image_shape": (1, 16, 16), "latent_dim": 16, "widths": (16, 32), "square": 4, "blanked": 0.2},
        dataset=name,
        epochs=20,
        batch=128,
        lr=3e-3,
        ema=0.99,
        validation=1000,
        half=True,
        measures=(f"texture_{name}",),
    )


CONV = {"body": "conv", "widths": (16, 64), "blocks": 1}

RECIPES: dict[str, Recipe] = {
    "ae-linear-32": Recipe(
        title="Textbook autoencoder",
        summary="784-32-784, ReLU and sigmoid, squared error: the smallest autoencoder that works.",
        family="autoencoder",
        config={"latent_dim": 32, "code": "relu"},
        epochs=40,
        batch=128,
        lr=5e-3,
        schedule="gentle",
    ),
    "ae-tanh-30": Recipe(
        title="Lecture autoencoder",
        summary="784-30-784, tanh twice, pixels in [-1, 1]: the NYU lecture's under-complete autoencoder.",
        family="autoencoder",
        config={"latent_dim": 30, "code": "tanh", "output": "tanh"},
        epochs=20,
        batch=256,
        schedule="constant",
    ),
    "dae-tanh-500": Recipe(
        title="Lecture denoiser",
        summary="784-500-784, tanh twice, half of the inputs dropped: the NYU lecture's over-complete denoiser.",
        family="autoencoder",
        config={"latent_dim": 500, "code": "tanh", "output": "tanh", "input_dropout": 0.5},
        epochs=20,
        batch=256,
        schedule="constant",
        measures=("reconstruction", "dropout"),
    ),
    "ae-conv": Recipe(
        title="Convolutional autoencoder",
        summary="Strided convolutions down to 32 numbers, nearest-neighbour upsampling and convolutions back.",
        family="autoencoder",
        config={"latent_dim": 32, "body": "conv", "widths": (32, 64), "blocks": 1, "output": "linear"},
        epochs=32,
        batch=128,
        lr=2e-3,
        ema=0.999,
    ),
    "wide": Recipe(
        title="Wide autoencoder",
        summary="784-500-784, tied weights, sigmoid twice, cross-entropy, no other constraint: the control.",
        family="constrained",
        config={**SIGMOID},
        **WIDE,
    ),
    "wide-noise": Recipe(
        title="Wide denoiser",
        summary="The wide autoencoder with half of its pixels dropped in training.",
        family="constrained",
        config={**SIGMOID, "constraint": "dropout", "strength": 0.5},
        **WIDE,
    ),
    "wide-sparse": Recipe(
        title="Sparse autoencoder",
        summary="784-500-784, tied weights, rectified units, squared error and a price on every unit that is on.",
        family="constrained",
        config={**RECTIFIED, "constraint": "l1", "strength": 0.3},
        **WIDE,
    ),
    "wide-contractive": Recipe(
        title="Contractive autoencoder",
        summary="The wide autoencoder with a price on the squared norm of the code's derivative.",
        family="constrained",
        config={**SIGMOID, "constraint": "contractive", "strength": 2.0},
        **WIDE,
    ),
    "psd": Recipe(
        title="Predictive sparse decomposition",
        summary="A dictionary of 256 strokes, and an encoder that predicts the exact sparse code in one pass.",
        family="predictive",
        epochs=6,
        batch=256,
        lr=2e-3,
    ),
    "ae-2": Recipe(
        title="Autoencoder with two numbers",
        summary="The convolutional autoencoder squeezed into a plane: a map without a rule for empty places.",
        family="autoencoder",
        config={"latent_dim": 2, **CONV, "output": "linear"},
        epochs=15,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("reconstruction", "grey_cross_entropy"),
    ),
    "ae-2-bce": Recipe(
        title="Autoencoder with two numbers, cross-entropy",
        summary="VAE-2's body, loss, output and schedule, without its noise and its prior: their effect alone.",
        family="autoencoder",
        config={"latent_dim": 2, **CONV, "error": "cross-entropy"},
        epochs=35,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("reconstruction", "trained_cross_entropy"),
    ),
    "vae-2": Recipe(
        title="VAE with two numbers",
        summary="A variational autoencoder in a plane: every place is meant to decode to something.",
        family="vae",
        config={"latent_dim": 2, **CONV},
        epochs=35,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("reconstruction", "elbo_grey"),
    ),
    "dae": Recipe(
        title="Denoiser",
        summary="One convolutional denoising autoencoder for every corruption and strength, told nothing.",
        family="denoiser",
        epochs=20,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("denoising",),
    ),
    "vae": Recipe(
        title="VAE",
        summary="Our best Bernoulli VAE: residual convolutions, 32 latent numbers, dynamically binarised digits.",
        family="vae",
        config={"latent_dim": 32, "body": "conv", "widths": (32, 64), "blocks": 1, "binarize": True},
        epochs=50,
        batch=128,
        lr=2e-3,
        ema=0.9995,
        finish_epochs=15,
        finish_config={"importance_samples": 5},
        measures=("reconstruction", "elbo_binary", "likelihood"),
    ),
    "vae-nyu": Recipe(
        title="Course VAE",
        summary="784-400-20-400-784, as in the NYU course's VAE notebook and in PyTorch's own examples.",
        family="vae",
        config={"latent_dim": 20, "body": "mlp", "widths": (400,)},
        epochs=80,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("reconstruction", "elbo_grey", "elbo_binary"),
    ),
    "cvae": Recipe(
        title="Conditional VAE",
        summary="Told the class, so that its 16 numbers are left with the style of the hand.",
        family="cvae",
        config={"latent_dim": 16, **CONV, "beta": 6.0},
        epochs=15,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("elbo_grey", "class_agreement"),
    ),
    "cvae-2": Recipe(
        title="Conditional VAE with two numbers",
        summary="Class given, style in a plane: small enough to draw as a map.",
        family="cvae",
        config={"latent_dim": 2, **CONV},
        epochs=20,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("elbo_grey", "class_agreement"),
    ),
    "judge": Recipe(
        title="Judge",
        summary="A small convolutional classifier that reads what the others draw, also where digits are damaged.",
        family="judge",
        config={"damaged": 0.5},
        epochs=20,
        batch=128,
        lr=3e-3,
        weight_decay=1e-2,
        ema=0.999,
        augment=True,
        measures=("accuracy", "calibration"),
    ),
    "inpainter": Recipe(
        title="Inpainter",
        summary="A U-Net that is told which pixels are missing and fills in those alone.",
        family="inpainter",
        config={"widths": (32, 96)},
        epochs=16,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("inpainting",),
    ),
    "upscaler": Recipe(
        title="Upscaler",
        summary="A small U-Net from 4 x 4, 7 x 7 or 14 x 14 pixels to 28 x 28.",
        family="upscaler",
        epochs=12,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("upscaling",),
    ),
    "upscaler-no-7": Recipe(
        title="Upscaler that never saw a 7",
        summary="The same network and recipe, trained on the other nine classes: what a biased training set does.",
        family="upscaler",
        without=(7,),
        epochs=12,
        batch=128,
        lr=2e-3,
        ema=0.999,
        measures=("upscaling",),
    ),
    "photo": Recipe(
        title="Photo denoiser",
        summary="A fully convolutional U-Net for pictures of any size and noise of any strength up to 60 of 255.",
        family="photo_denoiser",
        config={"widths": (48, 64, 96), "blocks": 1},
        dataset="photos",
        epochs=30,
        batch=16,
        lr=1e-3,
        ema=0.999,
        validation=256,
        measures=("photos",),
    ),
    **{f"bottleneck-{size}": _bottleneck(size) for size in BOTTLENECKS},
    "linear-32": Recipe(
        title="Linear autoencoder",
        summary="784-32-784 with one matrix there and back and nothing else: what it finds is PCA's subspace.",
        family="tied_matrix",
        config={"latent_dim": 32, "hidden": 0},
        epochs=20,
        batch=500,
        lr=1e-2,
        half=True,
    ),
    "memoriser": Recipe(
        title="Memoriser",
        summary=f"{MEMORISED} digits through one number, by a deep network that learns them by heart.",
        family="memoriser",
        first=MEMORISED,
        epochs=8000,
        batch=MEMORISED,
        lr=2e-3,
        validation=0,
        half=True,
        measures=("reconstruction", "memorised"),
    ),
    **{f"one-class-{digit}": _one_class(digit) for digit in range(10)},
    **{f"texture-{name}": _texture(name) for name in ("brick", "grass", "gravel")},
    "hashing": Recipe(
        title="Semantic hashing",
        summary="A convolutional autoencoder whose code is 64 bits, of which the first 16 and 32 are codes, too.",
        family="hashing",
        epochs=10,
        batch=256,
        lr=2e-3,
        ema=0.999,
        half=True,
        measures=("reconstruction", "retrieval"),
    ),
    "stack": Recipe(
        title="Stacked denoiser",
        summary="784-500-250-100, one denoising autoencoder on top of the other, each trained before the next begins.",
        family="stacked",
        config={"noise": 0.4},
        epochs=18,
        batch=256,
        schedule="constant",
        validation=0,
        quarter=True,
        measures=("reconstruction", "layers"),
    ),
    "compress": Recipe(
        title="Compressor",
        summary="128 numbers by a matrix and convolutions, trained to be rounded, with a price on every bit.",
        family="compressor",
        epochs=14,
        batch=128,
        lr=2e-3,
        ema=0.999,
        half=True,
        measures=("reconstruction", "rate"),
    ),
}
