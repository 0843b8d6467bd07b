"""A file or a photo that outlives a change of page: Streamlit forgets it as soon as its widget leaves the screen."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ui.component import nothing
from ui.server import jobs

PRIVACY = "Stays in memory while you are here; nothing is stored."


@dataclass(frozen=True)
class Upload:
    """What a visitor brought. id: another one for every file; name: as it was called; data: its bytes."""

    id: str
    name: str
    data: bytes


def picture_file(label: str, key: str, about: str, on_change: Callable[[], None] = nothing) -> Upload | None:
    """An uploader for a picture, and the file that was given to it in this session; None before, and once removed.

    It takes any file: what it is, only its content says. A list of endings would turn away .jfif, files without an
    ending, and HEIC before anybody can say what to do with it; what is no picture, `aecore.intake.files` refuses in a
    sentence.

    Args: key: of the widget; about: its help; on_change: called when the visitor brings or removes a file.
    """
    return any_file(label, key, about + " PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or JPEG 2000.", on_change)


def any_file(label: str, key: str, about: str, on_change: Callable[[], None] = nothing) -> Upload | None:
    """The same for a file of any other kind, which the caller names in `about` and refuses if it is another."""

    def widget(change: Callable[[], None]) -> object:
        return st.file_uploader(f"{label}, 10 MB at most", key=key, help=about, on_change=change)

    return _of_widget(key, on_change, widget)


def photographed(label: str, key: str, on_change: Callable[[], None] = nothing) -> Upload | None:
    """The camera, and the photo that was taken in this session. Arguments as for `picture_file`."""
    return _of_widget(key, on_change, lambda change: st.camera_input(label, key=key, on_change=change))


def _of_widget(
    key: str, on_change: Callable[[], None], widget: Callable[[Callable[[], None]], object]
) -> Upload | None:
    name = f"_upload:{key}"  # not a widget's key, so that it outlives a page switch

    def change() -> None:
        if st.session_state.get(key) is None:
            st.session_state.pop(name, None)
        on_change()

    def remove() -> None:
        del st.session_state[name]
        on_change()

    file = widget(change)
    st.caption(PRIVACY)
    upload: Upload | None = st.session_state.get(name)
    if file is not None and (upload is None or upload.id != file.file_id):
        upload = st.session_state[name] = Upload(file.file_id, file.name, file.getvalue())
        weakref.finalize(upload, jobs.forget, jobs.digest(upload.data)).atexit = False
    elif file is None and upload is not None:  # the visitor comes back, and the widget is a new one
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Still here: {upload.name}")
            st.button("Remove", icon=":material/close:", key=f"{key}_remove", on_click=remove)
    return upload
