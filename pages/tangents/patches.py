"""Pieces of 3 x 3 pixels of photographs on the Tangents page: a cloud, its circles and the Klein bottle's surface."""

import functools

import streamlit as st
import torch
from torch import Tensor

from aecore.data import patches
from aecore.errors import AecoreError
from aecore.latent import tangents
from aecore.latent.tangents import Measured
from pages.tangents import figures
from ui.output.charts import show_chart

COUNT = 1500  # patches in the cloud
GRID = 48  # lines of the surface each way
CIRCLE = 120  # points of a circle
SURFACE = "tangents_surface"  # in the URL


def show() -> None:
    """The cloud, what is drawn into it, and how far from the surface it lies."""
    st.markdown(
        "Take 3 x 3 pixels anywhere in a photograph, leave out the flat ones, and set brightness and contrast alike. "
        "Most are edges and lines: they crowd around a surface in seven dimensions, a **Klein bottle**. "
        "The circle is of edges, one for each angle; along the others an edge becomes a line."
    )
    surface = st.toggle("Klein bottle", True, key=SURFACE, bind="query-params")
    show_chart(
        figures.patches(cloud(), circles(), grid() if surface else None),
        key="tangents_patches_chart",
        alt=f"{COUNT:,} patches of photographs, by slope across, slope down and bend across, around a circle.",
    )
    try:
        table = tangents.load()
    except AecoreError as error:
        st.caption(f":material/info: {error}")
        return
    st.markdown(claim(table))


def claim(table: Measured) -> str:
    """How near the surface patches lie, beside random points of the same sphere."""
    near, far, densest, control = table.patches, table.control, table.densest, table.densest_control
    held = densest.value < near.value
    return (
        f"Half of the patches lie within **{near.value:.0f}°** of the surface ({near.low:.1f} to {near.high:.1f}), "
        f"half of random points of the same sphere within {far.value:.0f}°; of the densest 30% within "
        f"**{densest.value:.0f}°** and {control.value:.0f}°. "
        + (
            "So the surface is where patches are dense; the others fill the room around it."
            if held
            else "So our few photographs do **not** show that patches are densest at the surface."
        )
    )


@functools.cache
def cloud() -> Tensor:
    """Patches in the cosine basis, (COUNT, 8)."""
    return patches.coordinates(patches.high_contrast_patches(COUNT, torch.Generator().manual_seed(0)))


@functools.cache
def circles() -> tuple[Tensor, ...]:
    """The primary circle, and the secondary ones, closed: (CIRCLE + 1, 8) each."""
    return tuple(torch.cat([v, v[:1]]) for v in (patches.primary_circle(CIRCLE), *patches.secondary_circles(CIRCLE)))


@functools.cache
def grid() -> Tensor:
    """The Klein bottle's surface, closed: (GRID + 1, GRID + 1, 8)."""
    v = patches.klein_bottle(GRID).view(GRID, GRID, 8)
    turned = (
        GRID // 2 - torch.arange(GRID)
    ) % GRID  # half a turn of the edge is the same patch with its slope reversed
    v = torch.cat([v, v[:1, turned]])
    return torch.cat([v, v[:, :1]], 1)
