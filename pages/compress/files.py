"""The Compress page's files: the digit to take home, and one to open again."""

import streamlit as st

from aecore.compression import container
from aecore.compression.codes import STEPS
from aecore.compression.container import HEADER, MOST_BYTES, SUFFIX
from aecore.engine import Engine
from aecore.errors import CompressedFileError
from pages.compress.rate import NAMES, Result
from ui import messages
from ui.output.gallery import Row, gallery


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
        if file is not None:
            with messages.shown():
                opened(engine, file)


def opened(engine: Engine, file) -> None:
    """What a file holds, or why it cannot be opened. Raises: AecoreError."""
    if file.size > MOST_BYTES:
        raise CompressedFileError(f"This is no file of compressed digits. Open one that ends in {SUFFIX}.")
    data = file.getvalue()
    content = container.unpack(engine, data)
    count = len(content.x)
    st.markdown(
        f"**{count} digit{'s' * (count > 1)}** from {len(data)} bytes: {HEADER.size} say what it is, "
        f"{len(data) - HEADER.size} hold it. Code: {NAMES[content.network]}; step {STEPS[content.level]:.2f}."
    )
    gallery([Row("", content.x, captions=[""] * count)], "compress_opened", 84)
