"""The Generate page's parts: its controls, another class in the same style, captions, the prior."""

import functools
import logging
import secrets
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.latent import prompts, samples
from aecore.latent.realism import features_of, real_digits
from aecore.latent.styles import STYLES, directions, measure
from pages.generate import writer
from pages.generate.writer import Writing
from ui.glossary import explain
from ui.input import digit as inputs
from ui.output.gallery import Row, gallery
from ui.serving import available
from ui.theme import kind_color

SEED, TEMPERATURE, MODEL = "generate_seed", "generate_temperature", "generate_model"
TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
EACH = 200  # samples a temperature and model
SHOWN = 10  # samples a row of the comparison
PRIORS = {  # what to compare: label -> CVAE, VAE, autoencoder
    "Two numbers": ("cvae-2", "vae-2", "ae-2-bce"),
    "More numbers": ("cvae", "vae", "ae-conv"),
}


_pool = ThreadPoolExecutor(1, "generate")
log = logging.getLogger(__name__)


@functools.cache
def prepare(engine: Engine) -> Future:
    """Compute once a process what all visitors share and what takes seconds: the stage does not wait for it."""
    return _pool.submit(_prepare, engine)


def _prepare(engine: Engine) -> None:
    try:
        for name in available(engine, *writer.MODELS):
            directions(engine, name)
            by_temperature(engine, name)
        real_digits(engine)
    except Exception as error:  # the part that needs it says so in its place
        log.warning("Not prepared: %s", error)


def by_temperature(engine: Engine, name: str) -> tuple[list[float], list[float]]:
    """Agreement and variety of a conditional model's samples at TEMPERATURES; remembered. Raises: CheckpointError."""
    return _by_temperature(engine, name, engine.card(name).sha256)


@functools.lru_cache(maxsize=8)
def _by_temperature(engine: Engine, name: str, sha256: str) -> tuple[list[float], list[float]]:
    """The second list: standard deviation of the slant within a class, as a share of real digits'."""
    y = torch.arange(EACH) % 10
    agreement, variety = [], []
    for each in TEMPERATURES:
        found = samples.draw(engine, name, y, torch.Generator().manual_seed(0), each)
        slant = measure(torch.from_numpy(found.x).float()[:, None] / 255)[:, 0].view(-1, 10)  # columns: classes
        agreement.append(found.agreement)
        variety.append(float((slant - slant.mean(0)).std() / directions(engine, name).sd[0]))
    return agreement, variety


def controls(engine: Engine) -> tuple[str, float, int]:
    """Model, temperature and seed, in one row."""
    models = available(engine, *writer.MODELS) or list(writer.MODELS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.segmented_control(
            "Style by", models, format_func=writer.MODELS.get, default=models[0], required=True,
            key=MODEL, bind="query-params", on_change=writer.forget_style,
        )  # fmt: skip
        temperature = st.slider(
            "Temperature", 0.0, 2.0, 1.0, 0.05, key=TEMPERATURE, bind="query-params",
            on_change=writer.forget_style, help=explain("temperature"), width=260,
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 9999, writer.SEED, key=SEED, bind="query-params", on_change=writer.forget_style,
            help="The same number gives the same random style to everybody who opens this link.", width=125,
        )  # fmt: skip
        st.button("New style", icon=":material/casino:", on_click=_new_style, key="generate_new_style")
    return model, temperature, seed


def _new_style() -> None:
    st.session_state[SEED] = secrets.randbelow(10_000)
    writer.forget_style()


# ---- another class in the same style


def transfer(engine: Engine, now: Writing) -> None:
    """The visitor's digit on the left; all ten digits in its style on the right."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=inputs.WIDTH), st.container(width="stretch")
    with left:
        digit = inputs.bring(inputs.source("generate"), "generate")
    with right:
        p = engine.classify(digit.x)[0]
        read = int(p.argmax())
        options = ["judge", *map(str, range(10))]
        chosen = st.segmented_control(
            "Which digit is it?", options, default="judge", required=True, key="generate_class", bind="query-params",
            format_func=lambda each: f"The judge: {read}, {100 * float(p[read]):.0f} %" if each == "judge" else each,
        )  # fmt: skip
        y = torch.tensor([read if chosen == "judge" else int(chosen)])
        rows, found = [], {}
        for name in available(engine, "cvae", "cvae-2"):
            mu, logvar = engine.posterior(name, digit.x, y)
            x = engine.decode(name, mu.repeat(10, 1), torch.arange(10))
            card = engine.card(name)
            note = f"code of {card.config['latent_dim']} numbers; all ten: {_in_words(measure(x).mean(0))}"
            rows.append(Row(card.title, x, engine.classify(x), range(10), note, color=kind_color("cvae")))
            found[name] = (mu, logvar)
        st.session_state[POSTERIOR] = (digit.name, int(y), found)
        own = Row(digit.name, digit.x, p[None], y.tolist(), _in_words(measure(digit.x)[0]))
        gallery([own, *rows], "generate_ten", 84)
        if now.model in found:
            base = tuple(round(value, 3) for value in found[now.model][0][0].tolist())
            st.button(
                f"Write {now.number or 'a number'} like this", icon=":material/edit:", key="generate_mine",
                on_click=write, args=(now, base),
            )  # fmt: skip


POSTERIOR = "_generate_posterior"  # digit's name, class, model -> mu and logvar; for the equations below


def _in_words(measured: Tensor) -> str:
    """Slant, width and thickness of one digit as people read them."""
    units = {"slant": "°", "width": "", "thickness": " px"}
    values = zip(STYLES, measured.tolist(), strict=True)
    words = ", ".join(f"{name} {value:.{writer.DIGITS[name]}f}{units[name]}" for name, value in values)
    return words.replace("-", "−")


def write(now: Writing, base: tuple[float, ...]) -> None:
    """Bring a style to the desk, and the desk into view."""
    writer.keep(Writing(now.model, now.number, base, dict.fromkeys(STYLES, 0.0)))
    st.rerun(["generate_stage", "generate_hood_part"])


# ---- captions


def caption(engine: Engine) -> None:
    """A sentence becomes digits; what was understood, and what was not, stands beside them."""
    text = st.text_input(
        "In words", "a thick slanted seven and a thin upright 3", max_chars=200,
        key="generate_caption", bind="query-params",
        help="English words for digits, slant, width and thickness; very, slightly, not. No language model: a list.",
    )  # fmt: skip
    asked = prompts.parse(text)
    badges = [f":green-badge[{words} → {meaning}]" for words, meaning in asked.understood]
    badges += [
        f":orange-badge[{word}: not understood{f', did you mean {known}?' if known else ''}]"
        for word, known in asked.ignored
    ]
    if asked.cut:
        badges.append(f":orange-badge[only the first {prompts.MOST} digits]")
    if badges:
        st.markdown(" ".join(badges))
    if not asked.glyphs:
        st.caption("No digit found in it. Name one, as in: a thin upright 3.")
        return
    (name, *_) = [*available(engine, "cvae", "cvae-2"), "cvae"]
    found = directions(engine, name)
    y = torch.tensor([glyph.digit for glyph in asked.glyphs])
    plain = torch.zeros(len(y), found.vectors.shape[1])
    z = plain + torch.stack([found.step(glyph.style) for glyph in asked.glyphs])
    x = engine.decode(name, torch.cat([z, plain]), torch.cat([y, y]))
    p, n = engine.classify(x), len(y)
    change = (measure(x[:n]) - measure(x[n:])) / found.sd
    title, plain_title = "As asked", "The same digits without the style"
    gallery(
        [Row(title, x[:n], p[:n], y.tolist(), engine.card(name).title), Row(plain_title, x[n:], p[n:], y.tolist())],
        "generate_words", 84,
    )  # fmt: skip
    got = [
        f"{style} asked {glyph.style[style]:+.1f}, got {float(change[place, column]):+.1f}".replace("-", "−")
        for place, glyph in enumerate(asked.glyphs)
        for column, style in enumerate(STYLES)
        if style in glyph.style
    ]
    if got:
        st.caption(f"Measured against the plain digit, in standard deviations: {'; '.join(dict.fromkeys(got))}.")


# ---- why the prior matters


def prior(engine: Engine, seed: int) -> None:
    """Codes from N(0, I) through a CVAE, a VAE and an autoencoder; and the best that one can do for the last."""
    pairs = st.segmented_control(
        "Codes of", list(PRIORS), default="More numbers", required=True, key="generate_prior", bind="query-params"
    )
    rows = _unconditional(engine, PRIORS[pairs], seed, tuple(engine.names()))
    if not rows:
        st.caption("The models of this comparison are not here yet.")
        return
    shown = [
        Row(title, x, p, y, note, color=kind_color(family) if family else "") for title, family, x, p, y, note in rows
    ]
    gallery(shown, "generate_priors", 84)
    st.caption(
        f"The first {SHOWN} of {_MANY} samples each, means over all. Sure: the probability that the judge gives to "
        "what it reads; a classifier can be sure of nonsense. So also the distance to the nearest of 10,000 real "
        "digits in the judge's features; 1 is as far as an unseen real digit usually lies."
    )


_MANY = 200  # samples a row of the comparison


@st.cache_data(max_entries=16, show_spinner=False)
def _unconditional(_engine: Engine, names: tuple[str, ...], seed: int, at_hand: tuple[str, ...]) -> list[tuple]:
    """(title, family, first x, p, y, note) of each row: each model, the autoencoder twice, and real digits."""
    if "judge" not in at_hand:
        return []
    real = inputs.test_digits()[0][:1000].float() / 255
    plan = [(name, None) for name in available(_engine, *names)]
    plan += [(name, real) for name in available(_engine, names[-1])]
    rows = []
    for name, like in plan:
        card = _engine.card(name)
        x, y = samples.unconditional(_engine, name, _MANY, torch.Generator().manual_seed(seed), like)
        origin = "z ~ N(0, I)" if like is None else "z ~ a Gaussian fitted to its codes"
        rows.append((f"{card.kind.upper()}, {origin}", card.kind, x, y, card.title))
    rows.append(("Real test digits", "", real[:_MANY], None, "for comparison"))
    found = []
    manifold = real_digits(_engine)
    for title, family, x, y, note in rows:
        p = _engine.classify(x)
        distance = float(manifold.nearest(features_of(_engine, x))[0].mean())
        note = f"{note} · judge {100 * float(p.amax(1).mean()):.0f} % sure · {distance:.1f} from a real digit"
        if y is not None:
            note += f" · reads {100 * float((p.argmax(1) == y).float().mean()):.1f} % as asked"
        asked = None if y is None else y[:SHOWN].tolist()
        found.append((title, family, x[:SHOWN], p[:SHOWN], asked, note))
    return found
