"""Six lessons of 20 minutes: aims, steps that set the lab, and questions whose answers come from its own numbers.

A step's link is a page and what its address says; a test opens each. An answer is made of what the shipped cards and
tables say, so that it stays true when a model is trained anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aecore.engine import Engine
from aecore.maps import shipped


@dataclass(frozen=True)
class Step:
    """What to do on a page. folder: of the page, see pages/__init__.py; link: what its address says."""

    folder: str
    do: str
    link: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A question to the class, and what answers it, in one or two sentences."""

    ask: str
    answer: Callable[[Engine], str]


@dataclass(frozen=True)
class Lesson:
    """One lesson. aims: what a student can say afterwards."""

    title: str
    aims: tuple[str, ...]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]


def _measured(engine: Engine, name: str, metric: str) -> float:
    return engine.card(name).metrics[metric].value


def _psnr(engine: Engine, size: int, metric: str = "psnr") -> str:
    return f"{_measured(engine, f'bottleneck-{size}', metric):.1f} dB"


def _sizes(engine: Engine) -> str:
    return (
        f"No. On 10,000 test digits the copy from 2 numbers has {_psnr(engine, 2)}, from 8 numbers {_psnr(engine, 8)}, "
        f"from 32 {_psnr(engine, 32)}, from 128 {_psnr(engine, 128)}: each step keeps more, none keeps everything."
    )


def _static(engine: Engine) -> str:
    return (
        f"No. Through 32 numbers digits come back with {_psnr(engine, 32)}, static with "
        f"{_psnr(engine, 32, 'psnr_static')}. The code has room for what digits share, and static shares none of it."
    )


def _copier(engine: Engine) -> str:
    return (
        "It was trained to copy what it is given, and noise is part of that. The denoiser saw damaged digits and was "
        "paid for the clean ones."
    )


def _kinds(engine: Engine) -> str:
    dB = {kind: _measured(engine, "dae", f"psnr_{kind}") for kind in ("gaussian", "dropout", "patch")}
    return (
        f"A patch. The denoiser reaches {dB['gaussian']:.1f} dB under Gaussian noise, {dB['dropout']:.1f} dB under "
        f"dropout, and {dB['patch']:.1f} dB with a patch: scattered pixels leave clues beside every hole, a patch none."
    )


def _share(name: str, metric: str) -> float:
    return shipped.load(name).metrics[metric].value


def _neighbours(_: Engine) -> str:
    share = {name: _share(name, "knn_accuracy") for name in ("umap", "ae-2-bce", "vae-2", "pca")}
    best, worst = max(share, key=share.get), min(share, key=share.get)
    titles = {name: shipped.load(name).title for name in share}
    return (
        f"{titles[best]}: the nearest neighbours name the class of {share[best]:.1f}% of the digits. {titles[worst]} "
        f"manages {share[worst]:.1f}%, since a straight projection must lay classes over each other."
    )


def _prior(_: Engine) -> str:
    vae, plain = _share("vae-2", "aggregate_kl"), _share("ae-2-bce", "moment_kl")
    return (
        f"The VAE's, which pays for the distance: {vae:.2f} nats from N(0, I). The plain autoencoder's are at least "
        f"{plain:.1f} nats away. Close is not the same: on the map you see classes that reach beyond the ring."
    )


def _agreement(engine: Engine) -> str:
    return (
        "Because the decoder is told the class, the code need not carry it. What is left for the code is the hand: "
        f"slant, width, thickness. The judge reads {_measured(engine, 'cvae', 'class_agreement'):.1f}% of the samples "
        "as the class that was asked for."
    )


def _sevens(engine: Engine) -> str:
    knows, never = (_measured(engine, name, "read_4_seven") for name in ("upscaler", "upscaler-no-7"))
    return (
        f"The judge reads {knows:.0f}% of the 7s right from the network that has seen every digit, {never:.0f}% from "
        "the one that never saw a 7. That one draws a digit that it knows. What a training set lacks cannot come back."
    )


def _holes(engine: Engine) -> str:
    hole, whole = (_measured(engine, "inpainter", f"psnr_{part}patch") for part in ("missing_", ""))
    return (
        f"The known pixels, which are simply kept. With a patch missing, the inpainter has {whole:.1f} dB on the whole "
        f"picture and {hole:.1f} dB on the missing pixels alone. Ask which pixels a number counts."
    )


def _price(engine: Engine) -> str:
    free, held = (_measured(engine, name, "psnr") for name in ("wide", "wide-contractive"))
    return (
        f"Accuracy. The unconstrained wide network copies with {free:.1f} dB, the one with a price on its code's slope "
        f"with {held:.1f} dB. It gives up detail so that the code stays calm when the digit is shaken."
    )


def _arrows(_: Engine) -> str:
    return (
        "To the data. A denoiser that has learned sends each noisy point to the mean of the clean points that it may "
        "have come from, which is the direction in which data become more likely."
    )


LESSONS = (
    Lesson(
        "What is an autoencoder?",
        ("Name encoder, code and decoder.", "Say why a short code cannot copy everything."),
        (
            Step("home", "Draw a 7, and watch it return from 32, 8 and 2 numbers."),
            Step("bottleneck", "Send it through 2 numbers.", {"bottleneck_size": "2"}),
            Step("bottleneck", "Now through 128. What comes back better, what does not?", {"bottleneck_size": "128"}),
        ),
        (
            Question("Are 32 numbers enough for any digit?", _sizes),
            Question("Would static fit through the same code?", _static),
        ),
    ),
    Lesson(
        "Denoising and its limits",
        ("Tell a copying autoencoder from a denoising one.", "Say when a simple filter is enough."),
        (
            Step("denoise", "Noise on a digit: compare the denoiser with the plain autoencoder.", {}),
            Step(
                "denoise",
                "A little salt and pepper: who wins now?",
                {"denoise_corruption": "Salt and pepper", "denoise_strength": "0.1"},
            ),
            Step("denoise", "A grey patch: who invents?", {"denoise_corruption": "Grey patch"}),
        ),
        (
            Question("Why does the plain autoencoder keep the noise?", _copier),
            Question("Which is harder: noise, dropped pixels or a patch?", _kinds),
        ),
    ),
    Lesson(
        "Latent spaces and the prior",
        ("Read a map of codes.", "Say what a VAE's prior is for."),
        (
            Step("latent_map", "Move over the maps. What does an empty place decode to?", {"tour": "2"}),
            Step("latent_map", "Lay the decoded digits behind the points.", {"map_grid": "true"}),
            Step("latent_map", "Bet: how many random codes decode to a clear digit?", {"bet": "1"}),
            Step("interpolate", "Walk from one digit to another, in small steps.", {"interpolate_steps": "15"}),
        ),
        (
            Question("Which map keeps neighbours together best?", _neighbours),
            Question("Whose codes lie close to the prior N(0, I)?", _prior),
        ),
    ),
    Lesson(
        "Generating by class",
        ("Tell class from style.", "Say what a condition takes off the code."),
        (
            Step("generate", "Write the year, and move over the plane of styles.", {"tour": "1"}),
            Step("generate", "The same draw, half as bold.", {"generate_temperature": "0.5"}),
        ),
        (Question("Why does the code hold the style and not the class?", _agreement),),
    ),
    Lesson(
        "Filling in and inventing",
        ("Tell what is known from what is made up.", "Name what a training set has to do with it."),
        (
            Step("inpaint", "Cover the upper half of a digit.", {"inpaint_kind": "Half"}),
            Step("super_resolution", "A 7 from 16 pixels, by two networks: one of them never saw a 7."),
            Step("super_resolution", "Now from 49 pixels. Where has the difference gone?", {"super_side": "7 × 7"}),
        ),
        (
            Question("What keeps a filled-in picture's number high?", _holes),
            Question("What does a network make of a 7 that has never seen one?", _sevens),
        ),
    ),
    Lesson(
        "How they learn, and what keeps them from copying",
        ("Say what a denoiser's arrows mean.", "Name two ways to keep a wide network from copying."),
        (
            Step("vector_field", "Train on noise, and watch the arrows turn.", {"field_sigma": "0.3"}),
            Step("regularise", "Draw a digit. How many units copy it with a rule, how many without?", {"tour": "1"}),
            Step("regularise", "Bet: whose code stays calmest under a little noise?", {"bet": "1"}),
            Step("tangents", "Slide it along the directions that keep it a digit.", {"tour": "1"}),
        ),
        (
            Question("Where do the arrows point?", _arrows),
            Question("What does a price on the code's slope cost?", _price),
        ),
    ),
)
