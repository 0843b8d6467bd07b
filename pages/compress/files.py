"""The Compress page's files: the digit to take home, and one to open again."""

from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from aecore.compression import container
from aecore.compression.codes import STEPS
from aecore.compression.container import HEADER, MOST_BYTES, SUFFIX
from aecore.engine import Engine
from aecore.errors import CompressedFileError
from pages.compress.rate import NAMES, Result
from pages.compress.state import state
from ui import messages
from ui.output.gallery import Row, gallery
from ui.server import jobs

MOST_SHOWN = 100  # digits


@dataclass(frozen=True)
class Held:
    """What a visitor's file holds. digest: of its bytes; count: digits; x: the first MOST_SHOWN of them,
    (N, 1, 28, 28) in [0, 1]; network: of NAMES; level: of STEPS; error: instead, why it cannot be opened."""

    digest: str
    count: int = 0
    x: Tensor | None = None
    network: str = ""
    level: int = 0
    error: str = ""


def download(result: Result) -> None:
    """The picture on the stage as a file."""
    size = len(result.data)
    st.download_button(
        f"Download ({size} + {HEADER.size} bytes)", lambda: result.file, f"digit{SUFFIX}", "application/octet-stream",
        on_click="ignore", icon=":material/download:", key="compress_download",
        help=f"{HEADER.size} bytes say what the file is, which network made it, and whether it is whole.",
    )  # fmt: skip


@messages.fragment(key="compress_open")
def open_again(engine: Engine) -> None:
    """Open a file that was made here, or by the command line."""
    with st.expander("Open a compressed digit", icon=":material/folder_open:"):
        file = st.file_uploader(
            f"A file that ends in {SUFFIX}", key="compress_file", help="It stays in memory while you are here."
        )
        if file is None:
            state().held = None
        else:
            with messages.shown():
                opened(engine, file)


def opened(engine: Engine, file) -> None:
    """What a file holds, or why it cannot be opened. Raises: AecoreError."""
    if file.size > MOST_BYTES:
        raise CompressedFileError(f"This is no file of compressed digits. Open one that ends in {SUFFIX}.")
    data = file.getvalue()
    held = state().held
    if held is None or held.digest != jobs.digest(data):
        held = state().held = read(engine, data)
    if held.error:
        raise CompressedFileError(held.error)
    more = f" Here are the first {MOST_SHOWN}." * (held.count > len(held.x))
    st.markdown(
        f"**{held.count:,} digit{'s' * (held.count > 1)}** from {len(data):,} bytes: {HEADER.size} say what it is, "
        f"{len(data) - HEADER.size:,} hold it. Code: {NAMES[held.network]}; step {STEPS[held.level]:.2f}.{more}"
    )
    gallery([Row("", held.x, captions=[""] * len(held.x))], "compress_opened", 84)


def read(engine: Engine, data: bytes) -> Held:
    """A file decoded, which the session keeps: up to a second for 1,000 digits, too long for every run of the page.

    Raises: CheckpointError, DataError: a network, or its tables, cannot be read, which may pass.
    """
    digest = jobs.digest(data)
    try:
        content = container.unpack(engine, data)
    except CompressedFileError as error:
        return Held(digest, error=str(error))
    x = content.x[:MOST_SHOWN].clone()  # without the others' memory
    return Held(digest, len(content.x), x, content.network, content.level)
