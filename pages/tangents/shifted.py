"""A digit shifted up and down on the Tangents page: its curve in three dimensions, and the tangent at one place."""

import streamlit as st
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from aecore.latent import shifts
from pages.tangents import figures
from ui.output.charts import show_chart
from ui.output.gallery import Row, gallery
from ui.theme import kind_color

SHIFT = "tangents_shift"  # in the URL
REACH, PLACES = 6, 61  # pixels up and down, and places on the curve
SPACING = 2 * REACH / (PLACES - 1)
LENGTH = 1.5  # pixels of shift that the drawn tangent reaches to either side


def show(x: Tensor) -> None:
    """The curve with a slider along it; x: (1, 1, 28, 28)."""
    st.markdown("Moving a digit is no straight line: its pixels fade in and out, and the tangent turns all the way.")
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with left:
        shift = st.slider(
            "Shifted down, pixels", -float(REACH), float(REACH), 0.0, SPACING, key=SHIFT, bind="query-params",
            format="%.1f",
        )  # fmt: skip
        place = min(max(round((shift + REACH) / SPACING), 0), PLACES - 1)
        points = shifts.curve(x, REACH, PLACES)  # (n, 784)
        tangents = shifts.tangents(points, SPACING)
        view = shifts.view(points, SPACING)
        side = tuple(x.shape[1:])
        most = float(tangents[place].abs().max()) or 1.0
        gallery(
            [
                Row("The digit there", points[place].view(1, *side), captions=[f"{shift:+.1f} px"]),
                Row("Its tangent", (tangents[place] / most).view(1, *side), low=-1.0, high=1.0, name="a direction"),
            ],
            key="tangents_shift_view",
            tile=112,
        )
    with right:
        shown = (view.points[place], view.tangents[place] * LENGTH)
        steps = torch.linspace(-REACH, REACH, PLACES).tolist()
        show_chart(
            figures.curve(view.points.numpy(), place, shown[1].numpy(), steps, kind_color("ae")),
            key="tangents_shift_chart",
            alt=f"The curve of the digit shifted {REACH} pixels up to {REACH} down, and its tangent at {shift:+.1f}.",
        )
    st.markdown(claim(points, tangents, view.share))


def claim(points: Tensor, tangents: Tensor, share: float) -> str:
    """How bent the curve is. Args: points, tangents: (n, 784); share: of its variance that is on the screen."""
    pixel = round(1 / SPACING)
    turn = cosine_similarity(tangents[:-pixel], tangents[pixel:]).clamp(-1, 1).acos().rad2deg().mean()
    way = (points[1:] - points[:-1]).norm(dim=1).sum()
    straight = (points[-1] - points[0]).norm()
    return (
        f"Each pixel of shift turns the tangent by **{turn:.0f}°** on average, and the curve is **{way / straight:.1f} "
        f"times** as long as the straight line between its ends (dotted), which is a mere fade. Three axes show "
        f"{100 * share:.0f}% of it; the rest bends out of the picture."
    )
