"""The menu of a narrow screen: Streamlit's own, with targets for a finger, and closed again by a choice."""

from ui.component import component

_MENU = component("ui/menu/menu", html="<span></span>", isolated=False)


def mount() -> None:
    """Put it into the page, where it is not seen: Streamlit's menu is at hand on every page."""
    _MENU(key="menu")
