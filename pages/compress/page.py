"""Compress: the visitor's digit in a few bytes, really coded and read again, beside the formats that everybody uses."""

import streamlit as st

from ui import shell

shell.title(
    "Compress",
    "A network turns your digit into a few numbers, rounded and stored: some 19 bytes. It can, for it knows digits, "
    "and nothing else.",
)

with shell.loading(620):
    from aecore.compression import codes, rates
    from aecore.errors import AecoreError
    from pages.compress import beyond, equations, files, measured, rate, story, strangers, try_next
    from pages.compress.state import BEYOND, EQUATIONS, MEASURED, STAGE, STRANGERS, state
    from ui import messages, serving
    from ui.input.digit import INPUT_WIDTH, Chosen, choose_source, first_digit, input_digit
    from ui.live.networks import deliver
    from ui.output.fold import under_the_hood
    from ui.output.network import inside
    from ui.teach.story import show as tell

engine = serving.engine()
rate.recall()
beyond.recall()
below = False  # whether the parts below the stage are there: then they follow it
try:
    table = rates.load()
except AecoreError:  # the parts that need it say so
    table = None
SMALL_PAD = "<style>@media (max-width: 640px) {.st-key-compress_input .st-key-pad {max-width: 208px}}</style>"


@messages.fragment(key=STAGE)
def show_stage() -> None:
    """The digit on the left, its bytes and what is drawn from them on the right; a pen movement reruns this."""
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=INPUT_WIDTH, key="compress_input")
        right = st.container(width="stretch", key="compress_answer")
    digit = first_digit()
    with left, messages.shown():
        digit = input_digit(choose_source("compress"), "compress")
    another = other_digit(digit)
    with right, messages.shown():
        thing = strangers.choose()
        settings = rate.settings_now()
        x = strangers.picture(thing) if thing != strangers.OWN else digit.x
        state().shown = None
        state().shown = rate.code_it(engine, x, settings)
        rate.show(state().shown, digit if thing == strangers.OWN else None, usual(settings), show_the_rest)
        files.download(state().shown)
    with messages.shown():
        if state().shown is not None:
            inside(engine, serving.available(engine, state().shown.settings.network), x, "compress_inside", digit.seq)
            tell(story.coded(state().shown, usual(settings)))
    if another and below and digit.seq is None:  # a pen's strokes reach what is below by themselves
        st.rerun([BEYOND])


def other_digit(digit: Chosen) -> bool:
    """Whoever draws wants to see what they drew. Returns whether it is another digit than the last one."""
    before, pixels = state().digit, digit.x.numpy().tobytes()
    state().digit, state().input = pixels, digit
    if before not in (b"", pixels):
        st.session_state[strangers.KEY] = strangers.OWN
    return before not in (b"", pixels)


def usual(settings: rate.Settings) -> float | None:
    """Mean PSNR of test digits by these settings, in dB."""
    return None if table is None else table.curves[rates.DIGITS][settings.network][settings.level].psnr


def show_the_rest() -> None:
    """The hand has set something: the stage is coded again, and what is below follows."""
    st.rerun([STAGE, EQUATIONS])


@messages.fragment(key=MEASURED)
def show_measured() -> None:
    """What a thousand test digits say."""
    st.header("Small files: a network. Good files: WebP", anchor=False)
    with messages.shown():
        measured.show(engine, rates.load())


@messages.fragment(key=STRANGERS)
def show_strangers() -> None:
    """What the code makes of pictures that are none of its digits."""
    st.header("It knows digits, and only digits", anchor=False)
    with messages.shown():
        strangers.show(rates.load())


@messages.fragment(key=BEYOND)
def show_beyond() -> None:
    """What else can be made small: a network, a minute of heartbeats."""
    st.header("Not only digits: a network, a heartbeat", anchor=False)
    if state().input is not None:
        beyond.show(engine, state().input)


@messages.fragment(key=EQUATIONS)
def show_equations() -> None:
    """What ran."""
    if state().shown is not None:
        under_the_hood("compress", lambda: equations.show(engine, state().shown))


st.html(SMALL_PAD)  # on a phone the bytes stand below it, still on the first screen
show_stage()
shell.head_start()
files.open_again(engine)
show_measured()
show_strangers()
show_beyond()
show_equations()
try_next.show()
deliver(sorted(codes.NETWORKS, key=lambda name: name != rate.settings_now().network))
below = True
serving.warm_up()
