"""Three more walks: along a transformation, along one latent number, and the average of two digits, denoised."""

import contextlib
import functools
from collections.abc import Iterator

import streamlit as st
import torch
from torch import Tensor

from aecore import metrics
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import realism, steps
from aecore.latent.paths import lerp
from aecore.latent.steps import MARGIN, WAYS, Steps
from aecore.latent.transforms import TRANSFORMS, transform
from pages.interpolate import dials, walk
from pages.interpolate.walk import Walk
from ui.glossary import explain
from ui.input.choice import choice
from ui.live.networks import runnable
from ui.output import verdict
from ui.output.verdict import a_digit
from ui.theme import kind_color

WALKS = ("One number at a time", "Transformations", "The average of two")
_STEP_LABELS = {"average": "The average", "learned": "Learned"}
_LEARNED_FIRST = ("brightness",)  # what the average step does not follow
_STEPS = 9
_AVERAGED = 300  # training digits of one class
_AVERAGED_FROM = 10_000  # the first training digits
_MODELS = ("ae-conv", "vae")  # of the transformations
_THROUGH = ("dae", "vae", "ae-conv")  # what the average is pushed through


def show(engine: Engine, current: Walk) -> None:
    """Three walks to choose from."""
    st.header("More ways to walk", anchor=False)
    # no st.tabs: after a chip has set them from outside, their next rerun goes back to the tab before
    chosen = choice(
        "More ways to walk",
        WALKS,
        default=WALKS[0],
        key="interpolate_more",
        label_visibility="collapsed",
    )
    (dials.show, transformations, average)[WALKS.index(chosen)](engine, current)


def transformations(engine: Engine, current: Walk) -> None:
    """Digit A transformed in pixel space, and the same walk in latent space."""
    names = runnable(_MODELS)
    if not names or not runnable(["judge"]):
        st.caption(f":material/info: Transformations need the models {', '.join(_MODELS)} and judge.")
        return
    with st.container(horizontal=True):
        name = choice(
            "Transformation",
            list(TRANSFORMS),
            format_func=lambda key: TRANSFORMS[key].label,
            default="thickness",
            key="interpolate_transform",
        )
        way = choice(
            "Step of the code",
            list(WAYS),
            format_func=_STEP_LABELS.get,
            default="learned" if name in _LEARNED_FIRST else "average",
            key=f"interpolate_step_{name}",
            help=explain("step of the code"),
        )
    how = TRANSFORMS[name]
    amounts = how.amounts(_STEPS)
    x = current.a.x
    reads = int(engine.classify(x).argmax())
    truth = torch.cat([transform(name, x, float(amount)) for amount in amounts])  # (S, 1, 28, 28)
    told = [how.describe(float(amount)).replace("-", "−") for amount in amounts]
    grey = kind_color("pixels")
    rows = [walk.message("pixels", "In pixels", f"{how.label} of A in pixel space", grey, truth, "steps", notes=told)]
    psnrs, recons = {}, {}
    moved = [i for i in range(_STEPS) if i != _STEPS // 2]
    with st.spinner(f"Learning from {_AVERAGED} digits"):
        fitted = {model: fitted_steps(engine, model, name, reads, way) for model in names}
    for model in names:
        z = fitted[model](engine.encode(model, x))[0]  # (S, D)
        recon = engine.decode(model, z)
        psnr = metrics.psnr(truth, recon).tolist()
        label = walk.LABELS[model]
        psnrs[label], recons[label] = sum(psnr[i] for i in moved) / len(moved), recon
        about = f"{label}: A's code plus {_STEP_LABELS[way].lower()} step, mean PSNR {psnrs[label]:.1f} dB"
        notes = [f"PSNR {value:.1f} dB" for value in psnr]
        color = kind_color(engine.card(model).kind)
        rows.append(walk.message(model, label, about, color, recon, "knots", z.tolist(), notes))
    still = float(metrics.psnr(truth[moved], x.expand(len(moved), -1, -1, -1)).mean())
    closest = max(psnrs, key=psnrs.get)
    with _beside() as words:
        walk.mount(rows, (told[0], told[-1]), "interpolate_transform_view", start=0.75)
    with words:
        legible = _legible(engine, truth, recons[closest], reads)
        st.markdown(verdict.followed(how.label.lower(), closest, psnrs[closest], still, MARGIN, legible))
        st.caption(
            f"The step comes from {_AVERAGED} training digits of the class that the judge reads in A, "
            f"{a_digit(reads)}; A is not among them."
        )
        with contextlib.suppress(AecoreError):  # a table that is not there leaves the sentence above
            table = steps.load()
            st.caption(_over_many(table, name, [model for model in names if model in table.followed[name]]))


def _legible(engine: Engine, truth: Tensor, recon: Tensor, reads: int) -> tuple[int, int]:
    """In how many of a walk's pictures the judge reads A's digit, and of how many where it does in the pixels' own."""
    right, own = (engine.classify(x).argmax(1) == reads for x in (recon, truth))
    return int((right & own).sum()), int(own.sum())


def _over_many(table: steps.Table, name: str, models: list[str]) -> str:
    """What the table says of this transformation: for how many test digits each way follows."""
    if not models:
        return ""
    followed = table.followed[name]

    def shares(way: str) -> str:
        return " and ".join(f"{100 * followed[model][way].share:.0f}% ({walk.LABELS[model]})" for model in models)

    text = (
        f"Over {table.digits:,} test digits, the average step comes more than {MARGIN:.0f} dB closer than leaving the "
        f"digit as it is for {shares('average')}; the learned one for {shares('learned')}."
    )
    if all(followed[model]["average"].share < 0.5 for model in models):
        text += " How far a code has to move differs from digit to digit here, so no single step fits them all."
    return text


@contextlib.contextmanager
def _beside() -> Iterator[st.delta_generator.DeltaGenerator]:
    """Draw a walk on the left; what is yielded is the place for words on its right, below it on a phone."""
    with st.container(horizontal=True, gap="large"):
        left, right = st.container(width=walk.WIDTH), st.container(width="stretch")
    with left:
        yield right


@functools.lru_cache(maxsize=256)
def fitted_steps(engine: Engine, model: str, name: str, digit: int, way: str) -> Steps:
    """How a transformation moves the codes of digits of a class; the middle step moves nothing."""
    x = _digits_of_class()[digit].float() / 255
    return steps.fit_steps(
        lambda x: engine.encode(model, x),
        x,
        lambda x, amount: transform(name, x, amount),
        TRANSFORMS[name].amounts(_STEPS),
        WAYS[way],
    )


@functools.cache
def _digits_of_class() -> list[Tensor]:
    """For each class the first 300 of the first 10,000 training digits, uint8 (300, 1, 28, 28)."""
    images, labels = (part[:_AVERAGED_FROM] for part in load_digits("train"))
    return [images[labels == digit][:_AVERAGED].clone() for digit in range(10)]


def average(engine: Engine, current: Walk) -> None:
    """The cross-fade, pushed through networks."""
    names = runnable(_THROUGH)
    if not names or not runnable(["judge"]):
        st.caption(f":material/info: This needs the models {', '.join(_THROUGH)} and judge.")
        return
    fade = lerp(current.a.x[0], current.b.x[0], torch.linspace(0, 1, _STEPS))
    real = realism.real_digits(engine)
    rows, half = [], {}  # half: id -> distance at one half of each

    def add(name: str, label: str, about: str, family: str, x: Tensor, mode: str) -> None:
        distance, _ = real.nearest(realism.features_of(engine, x))
        half[name] = float(distance[_STEPS // 2])
        notes = [f"{far:.1f} from real digits" for far in distance.tolist()]
        rows.append(walk.message(name, label, about, kind_color(family), x, mode, notes=notes))

    add("pixels", "Average", "The input: A fades into B", "pixels", fade, "fade")
    for name in names:
        family = engine.card(name).kind
        label = family.upper()
        add(name, label, f"What the {label} answers", family, engine.reconstruct(name, fade), "through")
    with _beside() as words:
        walk.mount(rows, ("A", "B"), "interpolate_average_view", (current.a.x, current.b.x))
    with words:
        st.markdown(_mended(half))
        st.caption(
            "Distance to the nearest training digit; 1 is as far as an unseen real digit usually lies. The denoiser "
            "was trained on noise, patches, stripes and blur, and has a wide code; AE and VAE must squeeze every "
            "picture through 32 numbers."
        )


def _mended(half: dict[str, float]) -> str:
    """What became of the average, in a sentence; half: id -> distance from real digits."""
    before, denoised = half["pixels"], half.get("dae")
    others = {name: distance for name, distance in half.items() if name not in ("pixels", "dae")}
    text = ""
    if denoised is not None and denoised > 0.75 * before:
        text = (
            f"**The denoiser does not mend the average** ({before:.1f} before, {denoised:.1f} after): a second digit "
            "is no damage that it knows, and it keeps what looks like strokes."
        )
    elif denoised is not None:
        text = (
            f"**The denoiser pulls the average back towards digits** ({before:.1f} before, {denoised:.1f} after): "
            "the fainter strokes look like damage to it."
        )
    if others:
        best = min(others, key=others.get)
        text += f" Through the narrow code of the {walk.LABELS[best]} it comes to {others[best]:.1f}."
    return text
