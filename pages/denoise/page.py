"""Denoise: a digit is damaged, and autoencoders restore it beside classical filters, with honest numbers."""

import streamlit as st

from ui import shell

shell.title(
    "Denoise",
    "One network learned to repair, one to copy.",
)

with shell.loading(660):
    from aecore.restore import compare
    from pages.denoise import controls, measured, story, strip, try_next
    from pages.denoise.state import MEASURED, STAGE, TILES, state
    from ui import messages, serving
    from ui.input import own_network
    from ui.input.digit import INPUT_WIDTH, choose_source, drawn_digit, first_digit, input_digit
    from ui.input.pad import drawing
    from ui.live.networks import deliver
    from ui.output import below, compared
    from ui.output.network import inside
    from ui.server import ask
    from ui.teach.story import show as tell

engine = serving.engine()


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """Controls, and between them the digit and what becomes of it; a control reruns only this."""
    cards = engine.restorers("denoise") | own_network.cards()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = choose_source("denoise")
        settings = controls.settings(cards)
    show_tiles(source, settings)
    deliver(settings.models)


@messages.fragment(key=TILES)
def show_tiles(source, asked) -> None:
    """Input on the left, what becomes of it on the right; a pen movement reruns only this."""
    with shell.first_screen(controls_above=True), st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=INPUT_WIDTH), st.container(width="stretch")
    digit, learned = first_digit(), []
    with left, messages.shown():
        digit = input_digit(source, "denoise", echo=True)
    with right, messages.shown():
        now = state()

        def compared_with(digit) -> compare.Comparison:
            asks = (digit.x.numpy().tobytes(), asked.damage, (*asked.models,), (*asked.classical,), asked.paste)
            known, comparison = now.latest
            if known != asks:  # else it was asked by address, or in the run before
                comparison = compare.compare_denoising(digit.x, *asks[1:])
                now.latest = (asks if not comparison.problems else None), comparison
            return comparison

        def answer(strokes: object) -> dict:
            digit = drawn_digit(drawing(strokes, seq=0))
            return strip.shown(compared_with(digit), digit, asked.errors)

        comparison = compared_with(digit)
        now.shown = compared.show(
            strip.shown(comparison, digit, asked.errors), comparison, digit, "denoise_strip", 0,
            ask.offer("denoise_strip", answer), asked.paste, brief=not asked.all_numbers,
        )  # fmt: skip
        messages.missing(comparison.problems)
        now.comparison, now.models, now.classical, now.paste = comparison, asked.models, asked.classical, asked.paste
        learned = [entry for entry in comparison.methods if entry.kind != "classical"]
    with messages.shown():
        if learned:
            best = max(learned, key=lambda entry: entry.psnr)
            inside(engine, [best.id], comparison.corrupted.x, "denoise_inside", digit.seq)


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What may come a moment later: the sweep, the equations, the downloads; reruns when the hand rests."""
    now = state()
    if now.comparison is not None:
        with messages.shown():
            cards = engine.restorers("denoise") | own_network.cards()
            if text := story.repaired(now.comparison):
                tell(text)
            measured.show(engine, now.comparison, now.models, now.classical, now.paste, cards)
    below.follow("denoise", now.shown)


show_stage()
shell.head_start()
show_measured()
try_next.show()
serving.warm_up()
