"""Latent map: the same digits on several two-dimensional maps, side by side; two of them can be walked on."""

import streamlit as st

from ui import shell

shell.enter()
shell.title(
    "Latent map",
    "The same digits on four maps. Move over the first two: they decode any place. The autoencoder scatters its digits "
    "and leaves holes; the VAE packs them around zero, where one can sample.",
)

with shell.loading(660):
    from ui import access, inputs, latent_map, live, map_hood, map_suggestions, map_workshop, maps, messages

engine = access.engine()
DIGIT = "_map_digit"  # handed from the stage to what is below it


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
    live.deliver(latent_map.networks(chosen[0]))


@st.fragment(key="map_board")
def show_maps(source, names, count, grid) -> None:
    """The visitor's digit on the left, the maps on the right; a pen movement reruns only this."""
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=inputs.WIDTH), st.container(width="stretch")
    digit = inputs.first()
    with left, messages.shown():
        digit = inputs.bring(source, "map")
        latent_map.manual()
    with right, messages.shown():
        latent_map.show(engine, names, count, grid, digit, "map_panels_board", on_settled=show_the_rest)
        st.session_state[DIGIT] = digit


def show_the_rest() -> None:
    """The hand rests: what is below the stage may follow."""
    st.rerun("map_evidence")


@st.fragment(key="map_evidence")
def show_evidence() -> None:
    """What may come a moment later: the numbers of all maps, and the equations for this digit."""
    with messages.shown():
        latent_map.evidence()
    opened = st.expander("Under the hood", icon=":material/functions:", on_change="rerun", key="map_hood")
    if opened.open:  # what is on the page is drawn again with every pen stroke
        with opened, messages.shown():
            map_hood.show(engine, st.session_state.get(DIGIT) or inputs.first())


show_stage()
show_evidence()
with messages.shown():
    map_workshop.show(engine)
map_suggestions.show()
maps.bring_digits(after=latent_map.NETWORKS)
access.warm_up()
