"""Another class in the same style: all ten digits in the hand of the visitor's own."""

import streamlit as st
import torch
from torch import Tensor

from aecore import referee
from aecore.engine import Engine
from aecore.latent.styles import STYLES, measure
from pages.generate import writer
from pages.generate.state import state
from pages.generate.writer import Writing
from ui.input.choice import choice
from ui.input.digit import INPUT_WIDTH, choose_source, input_digit
from ui.output import verdict
from ui.output.gallery import Row, gallery
from ui.serving import available
from ui.theme import kind_color


def show(engine: Engine, now: Writing) -> None:
    """The visitor's digit on the left; all ten digits in its style on the right."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    with left:
        digit = input_digit(choose_source("generate"), "generate")
    with right:
        p, why = engine.classify(digit.x)[0], referee.refusal(engine, digit.x)
        read = int(p.argmax())
        options = ["judge", *map(str, range(10))]
        if why:
            st.markdown("**{}** {}".format(*verdict.refused(why)))
        says = "The judge: no digit" if why else f"The judge: {read}, {100 * float(p[read]):.0f}%"
        chosen = choice(
            "Which digit is it?", options, default="judge", key="generate_class",
            format_func=lambda name: says if name == "judge" else name,
        )  # fmt: skip
        y = torch.tensor([read if chosen == "judge" else int(chosen)])
        rows, posteriors = [], {}
        for name in available(engine, "cvae", "cvae-2"):
            mu, logvar = engine.posterior(name, digit.x, y)
            x = engine.decode(name, mu.repeat(10, 1), torch.arange(10))
            card = engine.card(name)
            note = f"code of {card.config['latent_dim']} numbers; {_became(measure(digit.x)[0], measure(x).mean(0))}"
            rows.append(Row(card.title, x, engine.classify(x), range(10), note, color=kind_color("cvae")))
            posteriors[name] = (mu, logvar)
        state().posterior = (digit.name, int(y), posteriors)
        own = Row(digit.name, digit.x, None if why else p[None], y.tolist(), _in_words(measure(digit.x)[0]))
        gallery([own, *rows], "generate_ten", 84)
        if now.model in posteriors:
            base = tuple(round(value, 3) for value in posteriors[now.model][0][0].tolist())
            st.button(
                f"Write {now.number or 'a number'} like this", icon=":material/edit:", key="generate_mine",
                on_click=writer.write, args=(now, base),
            )  # fmt: skip


_UNITS = {"slant": "°", "width": "", "thickness": " px"}


def _in_words(measured: Tensor) -> str:
    """Slant, width and thickness of one digit as people read them."""
    values = zip(STYLES, measured.tolist(), strict=True)
    return ", ".join(f"{name} {writer.number(name, value)}{_UNITS[name]}" for name, value in values)


def _became(mine: Tensor, theirs: Tensor) -> str:
    """How slant and thickness of a digit come back in all ten, on average: "slant −1° became −8°, ..."."""
    parts = []
    for name, before, after in zip(STYLES, mine.tolist(), theirs.tolist(), strict=True):
        old, new = writer.number(name, before), writer.number(name, after)
        if name != "width":  # which is the digit's own: a 1 is narrower than a 0
            parts.append(f"{name} {old}{_UNITS[name]} " + ("stayed" if old == new else f"became {new}{_UNITS[name]}"))
    return "on average " + ", ".join(parts)
