"""A visitor's own signal: a CSV or WAV file, on the stage instead of a simulated trace."""

import streamlit as st

from aecore.data import signals
from aecore.signals.files import File, read
from pages.signals.state import state
from ui import messages
from ui.input.upload import any_file

EXAMPLE = "time,mV\n0,0.01\n1,-0.02\n2,0.05\n"


def show() -> None:
    """The uploader; what is wrong with a file is said here."""
    state().file = None
    with st.expander("Your own signal", icon=":material/upload_file:", key="signals_own"), messages.shown():
        upload = any_file(
            "A CSV or WAV file",
            "signals_file",
            "One column of numbers, or sound. Its samples are taken as if recorded at 180 MHz.",
        )
        if upload is not None:
            state().file = read(upload.data, upload.name)
            st.caption(about(state().file))


def trace() -> File | None:
    """The visitor's, if they brought one that can be read."""
    return state().file


def about(file: File) -> str:
    """What is shown of it."""
    last = file.begin + min(signals.LENGTH, file.samples) - 1
    part = f"samples {file.begin:,} to {last:,} of {file.samples:,}, around the loudest"
    part = part if file.samples > signals.LENGTH else f"all of its {file.samples:,} samples"
    return f"On the stage: {part}, scaled to the loudness the network knows. Remove the file to go back."
