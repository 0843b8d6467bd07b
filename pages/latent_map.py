"""Latent map: the same digits on several two-dimensional maps, side by side; two of them can be walked on."""

import streamlit as st

from ui import shell

shell.enter()
shell.title(
    "Latent map",
    "The same digits on four maps. Move over the first two: they decode any place to a picture. "
    "The autoencoder has holes between its digits, the VAE does not.",
)

with shell.loading(660):
    from ui import access, inputs, latent_map, live, maps, messages

engine = access.engine()


@st.fragment(key="map_stage")
def show_stage() -> None:
    """Controls, and the maps with the visitor's digit on them; a control reruns only this."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        left, right = st.container(width=inputs.WIDTH), st.container(width="stretch")
    with left:
        source = inputs.source("map")
    with right:
        chosen = latent_map.controls()
    show_maps(source, *chosen)


@st.fragment(key="map_panels")
def show_maps(source, names, count, grid) -> None:
    """The visitor's digit on the left, the maps on the right; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=inputs.WIDTH), st.container(width="stretch")
    digit = inputs.first()
    with left, messages.shown():
        digit = inputs.bring(source, "map")
    with right, messages.shown():
        latent_map.show(engine, names, count, grid, digit, "map_board")


show_stage()
live.deliver(["ae-2", "vae-2", "judge"])
maps.bring_digits(after=["ae-2", "vae-2"])
access.warm_up()
