"""The Masked page's photographs: a crop of 64 x 64 pixels in patches of 8 x 8."""

import streamlit as st

from aecore.engine import Engine
from aecore.masking import crops, table
from aecore.masking.guess import PHOTOS as NETWORK
from pages.masked import board, story
from pages.masked.state import EQUATIONS, PHOTOS, state
from ui.input.choice import choice
from ui.live.networks import deliver
from ui.teach.story import show as tell


def show(engine: Engine) -> None:
    """A crop to choose, its board, and how good the guess is."""
    labels = [crop.label for crop in crops.CROPS]
    label = choice("Photograph", labels, default=labels[0], key="masked_crop", pills=True, label_visibility="collapsed")
    crop = crops.CROPS[labels.index(label)]
    state().photo = None
    state().photo = board.guessed(engine, crops.pixels(crop), board.settings_now("photo"), "photo")
    board.show(engine, state().photo, "photo", None, lambda: st.rerun([PHOTOS, EQUATIONS]))
    deliver([NETWORK], "masked_photos")
    tell(story.photographed(state().photo, crop, table.load()))
