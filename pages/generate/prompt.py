"""Digits asked for in words: what was understood, what was not, and what came of it."""

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.latent import prompts
from aecore.latent.styles import STYLES, directions, measure
from ui.output.gallery import Row, gallery
from ui.serving import available


def show(engine: Engine) -> None:
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
    axes = directions(engine, name)
    y = torch.tensor([glyph.digit for glyph in asked.glyphs])
    plain = torch.zeros(len(y), axes.vectors.shape[1])
    z = plain + torch.stack([axes.step(glyph.style) for glyph in asked.glyphs])
    x = engine.decode(name, torch.cat([z, plain]), torch.cat([y, y]))
    p, n = engine.classify(x), len(y)
    change = (measure(x[:n]) - measure(x[n:])) / axes.sd
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
