"""All galaxies on a map, by their codes, with pictures as points."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from aecore.galaxies.table import PICTURES
from pages.galaxies import stage
from ui.component import component

KEY = "galaxies_map_view"

_MAP = component("pages/galaxies/chart/chart", styles=("ui/output/galaxy",))


def show(on_pick: Callable[[], None]) -> None:
    """The map. on_pick: called once a galaxy was chosen as an end of the walk. Raises: DataError."""

    def pick() -> None:
        said = st.session_state[KEY].get("pick")
        if not isinstance(said, dict) or said.get("side") not in ("a", "b"):
            return
        number = said.get("id")
        if type(number) is int and 0 <= number < PICTURES:
            stage.set_by_page(replace(stage.settings_now(), **{said["side"]: number, "t": 0.5}))
            on_pick()

    _MAP(key=KEY, data={"kinds": stage.kinds(), "sky": stage.sky_address()}, height="content", on_pick_change=pick)
