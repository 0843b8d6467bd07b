"""Denoise: a digit is damaged, and autoencoders restore it beside classical filters, with honest numbers."""

import streamlit as st

from ui import shell

shell.title(
    "Denoise",
    "A filter only knows a pixel's neighbours, an autoencoder knows digits. Watch who repairs what, and who invents.",
)

with shell.loading(660):
    from aecore.corruptions import CORRUPTIONS
    from aecore.restore import compare
    from pages.denoise import controls, measured, strip, try_next
    from pages.denoise.state import MEASURED, STAGE, TILES, state
    from ui import messages, serving
    from ui.glossary import explain
    from ui.input.digit import INPUT_WIDTH, choose_source, drawn_digit, first_digit, input_digit
    from ui.input.pad import drawing
    from ui.live.networks import deliver
    from ui.output import compared
    from ui.output.numbers import numbers
    from ui.output.try_next import followed
    from ui.server import ask

engine = serving.engine()


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """Controls, and between them the digit and what becomes of it; a control reruns only this."""
    cards = engine.restorers("denoise")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    with left:
        source = choose_source("denoise")
    with right:
        damage = controls.damage()
    tiles = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        methods = controls.methods(cards, damage.corruption)
        errors = st.toggle("Error maps", key="denoise_errors", bind="query-params", help=explain("error map"))
        paste = st.toggle(
            "Paste known pixels back",
            key="denoise_paste",
            bind="query-params",
            help=explain("paste"),
            disabled=not CORRUPTIONS[damage.corruption].mask_known,
        )
        numbers()
    with tiles:
        show_tiles(source, damage, *methods, paste, errors)
    deliver(methods[0])


@messages.fragment(key=TILES)
def show_tiles(source, damage, models, classical, paste, errors) -> None:
    """Input on the left, what becomes of it on the right; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    digit = first_digit()
    with left, messages.shown():
        digit = input_digit(source, "denoise")
    with right, messages.shown():
        comparison = compare.compare_denoising(digit.x, damage, models, classical, paste)
        reveal = followed("denoise")

        def answer(strokes: object) -> dict:
            digit = drawn_digit(drawing(strokes, seq=0))
            comparison = compare.compare_denoising(digit.x, damage, models, classical, paste)
            return strip.shown(comparison, digit, errors)

        address = ask.offer("denoise_strip", answer)
        tiles = strip.shown(comparison, digit, errors)
        compared.show(tiles, comparison, digit, "denoise_strip", reveal, address, show_the_rest, paste)
        messages.missing(comparison.problems)
        now = state()
        now.comparison, now.models, now.classical, now.paste = comparison, models, classical, paste


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow, and the stage, lest a click in the same message be lost."""
    st.rerun([STAGE, MEASURED])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What may come a moment later: the sweep, the equations, the downloads; reruns when the hand rests."""
    now = state()
    if now.comparison is not None:
        with messages.shown():
            measured.show(engine, now.comparison, now.models, now.classical, now.paste, engine.restorers("denoise"))


show_stage()
shell.head_start()
show_measured()
try_next.show()
serving.warm_up()
