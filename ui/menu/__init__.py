"""What the lab mends of Streamlit's own parts: the menu of a narrow screen, which closes by a choice, and in parts.css
colours too faint to read and targets too small for a finger."""

from ui.component import component

_MENU = component("ui/menu/menu", html="<span></span>", styles=("ui/menu/parts",), isolated=False)


def mount() -> None:
    """Put it into the page, where it is not seen: Streamlit's menu is at hand on every page."""
    _MENU(key="menu")
