"""The theme in Streamlit's messages, read from the configuration once a process.

Streamlit (1.67) says it anew at the beginning of every run, and goes through all of its options six times for that:
a millisecond of every run. The lab's theme does not change while it is served.
"""

from collections.abc import Callable

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


def once(populate: Callable[..., None]) -> Callable[..., None]:
    """As Streamlit's own `populate(message, section)`, which is called once a section."""
    made: dict[str, CustomThemeConfig | None] = {}  # None: the configuration says nothing, and the message stays away

    def copied(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in made:
            parent = CustomThemeConfig()
            populate(parent.light, section)
            made[section] = parent.light if parent.HasField("light") else None
        if made[section] is not None:
            msg.MergeFrom(made[section])

    return copied


def install() -> None:
    """Let this process's sessions do so; where another Streamlit has no such function, nothing happens."""
    populate = getattr(app_session, "_populate_theme_msg", None)
    if populate is not None:
        app_session._populate_theme_msg = once(populate)
