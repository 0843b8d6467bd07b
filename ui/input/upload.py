"""A file or a photo that outlives a change of page: Streamlit forgets it as soon as its widget leaves the screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from ui.component import nothing


@dataclass(frozen=True)
class Upload:
    """What a visitor brought. id: another one for every file; name: as it was called; data: its bytes."""

    id: str
    name: str
    data: bytes


def uploaded(
    label: str,
    types: Sequence[str],
    key: str,
    help: str = "",  # noqa: A002 as Streamlit calls it
    on_change: Callable[[], None] = nothing,
) -> Upload | None:
    """A file uploader, and the file that was given to it in this session; None before, and after it was removed.

    Args: types: endings, without dots; key: of the widget; on_change: called when the visitor brings or removes a file.
    """
    return _of_widget(
        key, on_change, lambda change: st.file_uploader(label, type=types, key=key, help=help or None, on_change=change)
    )


def photographed(label: str, key: str, on_change: Callable[[], None] = nothing) -> Upload | None:
    """The camera, and the photo that was taken in this session. Arguments as for `uploaded`."""
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
    upload: Upload | None = st.session_state.get(name)
    if file is not None and (upload is None or upload.id != file.file_id):
        upload = st.session_state[name] = Upload(file.file_id, file.name, file.getvalue())
    elif file is None and upload is not None:  # the visitor comes back, and the widget is a new one
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Still here: {upload.name}")
            st.button("Remove", icon=":material/close:", key=f"{key}_remove", on_click=remove)
    return upload
