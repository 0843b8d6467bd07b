"""Three more walks: along a transformation, along one latent number, and the average of two digits, denoised."""

import functools
import hashlib
import json
from pathlib import Path

import streamlit as st
import torch
from torch import Tensor

from aecore import latent, losses, manifold, metrics
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.latent import lerp
from aecore.transforms import TRANSFORMS, transform
from ui import inputs, live, walk
from ui.comparison import a_digit, kind
from ui.glossary import explain
from ui.strip import pixels
from ui.theme import family_color
from ui.walk import Walk

TABS = ("Transformations", "One number at a time", "The average of two")
_STEPS = 9
_AVERAGED = 300  # training digits of one class
_AVERAGED_FROM = 10_000  # the first training digits
_MODELS = ("ae-conv", "vae")  # of the transformations
_TRAVERSED = "vae"
_REACH = 3.0  # of a slider: three standard deviations of the prior
_FEW = 12  # sliders shown at first
_THROUGH = ("dae", "vae", "ae-conv")  # what the average is pushed through

_HERE = Path(__file__).parent / "live"
_DIALS = st.components.v2.component(
    "latent_dials",
    html=(_HERE / "dials.html").read_text(encoding="utf-8"),
    css=(_HERE / "dials.css").read_text(encoding="utf-8"),
    js=live.module("dials"),
)


def show(engine: Engine, found: Walk, reveal: int) -> None:
    """Three tabs; only the open one is computed. reveal: scroll into view whenever this number grows."""
    st.subheader("More ways to walk", anchor=False)
    tabs = st.tabs(TABS, key="interpolate_more", bind="query-params")
    for tab, fill in zip(tabs, (transformations, traversal, average), strict=True):
        if tab.open:
            with tab:
                fill(engine, found, reveal)


def transformations(engine: Engine, found: Walk, reveal: int = 0) -> None:
    """Digit A transformed in pixel space, and the same walk in latent space."""
    names = live.available(_MODELS)
    if not names or not live.available(["judge"]):
        st.caption(f":material/info: Transformations need the models {', '.join(_MODELS)} and judge.")
        return
    name = st.segmented_control(
        "Transformation",
        list(TRANSFORMS),
        format_func=lambda key: TRANSFORMS[key].label,
        default="thickness",
        required=True,
        key="interpolate_transform",
        bind="query-params",
        help=explain("average difference"),
    )
    how = TRANSFORMS[name]
    amounts = how.amounts(_STEPS)
    x = found.a.x
    reads = int(engine.classify(x).argmax())
    truth = torch.cat([transform(name, x, float(amount)) for amount in amounts])  # (S, 1, 28, 28)
    told = [how.describe(float(amount)) for amount in amounts]
    grey = family_color("pixels")
    rows = [walk.message("pixels", "In pixels", f"{how.label} of A in pixel space", grey, truth, "steps", notes=told)]
    psnrs = {}
    for model in names:
        z = engine.encode(model, x) + average_steps(engine, model, name, reads)  # (S, D)
        recon = engine.decode(model, z)
        psnr = metrics.psnr(truth, recon).tolist()
        label = walk.LABELS[model]
        psnrs[label] = sum(psnr) / len(psnr)
        about = f"{label}: A's code plus the average difference, mean PSNR {psnrs[label]:.1f} dB"
        notes = [f"PSNR {value:.1f} dB" for value in psnr]
        color = family_color(kind(engine.card(model)))
        rows.append(walk.message(model, label, about, color, recon, "knots", z.tolist(), notes))
    walk.mount(rows, (told[0], told[-1]), "interpolate_transform_view", reveal=reveal)
    others = [i for i in range(_STEPS) if i != _STEPS // 2]
    still = float(metrics.psnr(truth[others], x.expand(len(others), -1, -1, -1)).mean())
    closest = max(psnrs, key=psnrs.get)
    st.caption(
        f"Averaged over {_AVERAGED} training digits of the class that the judge reads in A, {a_digit(reads)}. "
        f"{closest} comes closest to the true {how.label.lower()} with {psnrs[closest]:.1f} dB on average; leaving A "
        f"as it is would give {still:.1f} dB. Thickness moves the codes of a class much the same way; a turn or "
        "a shift moves each digit's code its own way, so the average loses it."
    )


@functools.lru_cache(maxsize=256)
def average_steps(engine: Engine, model: str, name: str, digit: int) -> Tensor:
    """How a transformation moves the code of an average digit of a class: (S, D), zero in the middle."""
    x = _digits_of_class()[digit].float() / 255
    return latent.average_difference(
        lambda x: engine.encode(model, x),
        x,
        lambda x, amount: transform(name, x, amount),
        TRANSFORMS[name].amounts(_STEPS),
    )


@functools.cache
def _digits_of_class() -> list[Tensor]:
    """For each class the first 300 of the first 10,000 training digits, uint8 (300, 1, 28, 28)."""
    images, labels = (part[:_AVERAGED_FROM] for part in load_digits("train"))
    return [images[labels == digit][:_AVERAGED].clone() for digit in range(10)]


def traversal(engine: Engine, found: Walk, reveal: int = 0) -> None:
    """Sliders for the numbers of A's code."""
    if not live.available([_TRAVERSED]):
        st.caption(f":material/info: This needs the model {_TRAVERSED}.")
        return
    order, nats = informative(engine)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(explain("traversal"))
        st.space("stretch")
        whole = st.toggle(f"All {len(order)}", key="interpolate_all", bind="query-params")
    (z,) = engine.encode(_TRAVERSED, found.a.x)
    shown = order if whole else order[:_FEW]
    ends = torch.tensor([-_REACH, _REACH])
    points = torch.cat([z[None], *(latent.traverse(z, i, ends) for i in shown)])
    pictures = engine.decode(_TRAVERSED, points)
    dials = [
        {"index": i, "pictures": walk.packed(pair), "about": f"Carries {nats[i]:.1f} nats on average"}
        for i, pair in zip(shown, pictures[1:].split(2), strict=True)
    ]
    data = {"z": z.tolist(), "picture": pixels(pictures[0]), "dials": dials, "reach": _REACH}
    data["network"] = live.reference(_TRAVERSED)
    data["judge"] = live.reference("judge") if live.available(["judge"]) else None
    data["version"] = hashlib.blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    _DIALS(key="interpolate_dials", data=data)
    st.caption(
        f"The code of A under {engine.card(_TRAVERSED).title}, most telling numbers first (by their KL: z{order[0]} "
        f"carries {nats[order[0]]:.1f} nats, z{order[-1]} only {nats[order[-1]]:.2f}). The small pictures show where a "
        "slider leads. Escape goes back."
    )


@functools.lru_cache(maxsize=1)
def informative(engine: Engine) -> tuple[list[int], list[float]]:
    """The latent numbers by how much they tell: indices, most first, and the mean KL of each in nats.

    Over 500 test digits: KL(q(z_i|x) || N(0, 1)) averaged, which bounds what z_i tells of x.
    """
    x = inputs.test_digits()[0][:500].float() / 255
    mu, logvar = engine.posterior(_TRAVERSED, x)
    nats = [float(losses.kl_standard_normal(mu[:, [i]], logvar[:, [i]]).mean()) for i in range(mu.shape[1])]
    return sorted(range(len(nats)), key=lambda i: -nats[i]), nats


def average(engine: Engine, found: Walk, reveal: int = 0) -> None:
    """The cross-fade, pushed through networks."""
    names = live.available(_THROUGH)
    if not names or not live.available(["judge"]):
        st.caption(f":material/info: This needs the models {', '.join(_THROUGH)} and judge.")
        return
    fade = lerp(found.a.x[0], found.b.x[0], torch.linspace(0, 1, _STEPS))
    rows = [walk.message("pixels", "Cross-fade", "A fades into B", family_color("pixels"), fade, "fade")]
    half = {"the average": fade[_STEPS // 2]}
    for name in names:
        card = engine.card(name)
        answer = engine.reconstruct(name, fade)
        label = "DAE" if name == "dae" else walk.LABELS[name]
        about = f"{label}: the fade is its input, this is its answer"
        rows.append(walk.message(name, label, about, family_color(kind(card)), answer, "through"))
        half[label] = answer[_STEPS // 2]
    walk.mount(rows, ("A", "B"), "interpolate_average_view", (found.a.x, found.b.x))
    x = torch.stack(list(half.values()))
    sure, reads = engine.classify(x).max(1)
    distance, _ = manifold.real_digits(engine).nearest(manifold.features_of(engine, x))
    parts = [
        f"**{name}**: reads {digit}, {100 * p:.0f} % sure, {d:.1f} usual distances from a real digit"
        for name, digit, p, d in zip(half, reads.tolist(), sure.tolist(), distance.tolist(), strict=True)
    ]
    st.markdown("At one half of each:\n" + "\n".join(f"- {part}" for part in parts))
    st.caption(
        "The denoiser was trained to remove noise, stripes and patches. A second digit is no damage that it knows: it "
        "keeps what looks like strokes, and may keep both."
    )
