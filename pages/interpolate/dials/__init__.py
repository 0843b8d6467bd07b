"""One number of the code at a time: sliders, the most telling first, that act in the browser every frame."""

import functools

import streamlit as st
import torch

from aecore import losses
from aecore.engine import Engine
from aecore.latent import paths
from pages.interpolate import walk
from pages.interpolate.walk import Walk
from ui.component import component, version
from ui.glossary import explain
from ui.input.digit import all_test_digits
from ui.live.networks import reference, runnable
from ui.output.picture import pixels

_TRAVERSED = "vae"
_REACH = 3.0  # of a slider: three standard deviations of the prior
_FEW = 12  # sliders shown at first

_DIALS = component("pages/interpolate/dials/dials")


def show(engine: Engine, current: Walk) -> None:
    """Sliders for the numbers of A's code."""
    if not runnable([_TRAVERSED]):
        st.caption(f":material/info: This needs the model {_TRAVERSED}.")
        return
    order, nats = informative(engine)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(explain("traversal"))
        st.space("stretch")
        whole = st.toggle(f"All {len(order)}", key="interpolate_all", bind="query-params")
    (z,) = engine.encode(_TRAVERSED, current.a.x)
    shown = order if whole else order[:_FEW]
    ends = torch.tensor([-_REACH, _REACH])
    points = torch.cat([z[None], *(paths.traverse(z, i, ends) for i in shown)])
    pictures = engine.decode(_TRAVERSED, points)
    dials = [
        {"index": i, "pictures": walk.packed(pair), "about": f"Carries {nats[i]:.1f} nats on average"}
        for i, pair in zip(shown, pictures[1:].split(2), strict=True)
    ]
    data = {"z": z.tolist(), "picture": pixels(pictures[0]), "dials": dials, "reach": _REACH}
    data["network"] = reference(_TRAVERSED)
    data["judge"] = reference("judge") if runnable(["judge"]) else None
    data["version"] = version(data)
    _DIALS(key="interpolate_dials", data=data)
    st.caption(
        f"The code of A under {engine.card(_TRAVERSED).title}, most telling numbers first (by their KL: z{order[0]} "
        f"carries {nats[order[0]]:.1f} nats, z{order[-1]} only {nats[order[-1]]:.2f}). The small pictures show where a "
        "slider leads. Escape goes back."
    )


@functools.lru_cache(maxsize=1)
def informative(engine: Engine) -> tuple[list[int], list[float]]:
    """The latent numbers by how much they tell: indices, most first, and the mean KL of each in nats.

    Over 500 test digits: KL(q(z_i|x) || N(0, 1)) averaged, which bounds what z_i tells of x.
    """
    x = all_test_digits()[0][:500].float() / 255
    mu, logvar = engine.posterior(_TRAVERSED, x)
    nats = [float(losses.kl_standard_normal(mu[:, [i]], logvar[:, [i]]).mean()) for i in range(mu.shape[1])]
    return sorted(range(len(nats)), key=lambda i: -nats[i]), nats
