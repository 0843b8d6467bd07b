"""The Training page's controls: what the network is told, and how it learns."""

from dataclasses import asdict

import streamlit as st

from aecore.learning.objectives import LOSSES, PLANE, LossRecipe
from aecore.learning.recirculation import ROUNDS
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.more import more
from ui.output.try_next import set_controls

NONE = "none"
LOSS, BESIDE = "training_loss", "training_beside"
TITLES = {name: loss.title for name, loss in LOSSES.items()} | ROUNDS
LATENTS = (2, 4, 16)
WIDTHS = (16, 32, 64, 128, 256)
RATES = (0.0005, 0.001, 0.002, 0.004, 0.01, 0.02, 0.1, 1.0)  # the last two are too high: to see what happens then
BATCHES = (16, 32, 64, 128, 256)
BETAS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
NOISES = (0.0, 0.1, 0.25, 0.5, 1.0)
COPIES = (1, 2, 5)
DEFAULT = LossRecipe(latent=16)  # where losses differ to the eye; with two numbers all errors look alike
SECOND = "sigma-1"


def show() -> tuple[LossRecipe, str]:
    """The losses of the two runs, and behind "More settings" all else: the first run's recipe, the second's loss."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="training_losses"):
        loss = st.selectbox(
            "Loss", list(TITLES), format_func=TITLES.get, key=LOSS, bind="query-params", width=280,
            help=explain("loss"),
        )  # fmt: skip
        others = [*TITLES, NONE]
        beside = st.selectbox(
            "Beside it", others, others.index(SECOND), format_func=lambda name: TITLES.get(name, "Nothing"), key=BESIDE,
            bind="query-params", width=280,
        )  # fmt: skip
        latent = choice(
            "Numbers in the code", LATENTS, default=DEFAULT.latent, key="training_latent", help=explain("code"),
        )  # fmt: skip
        recipe = _more(loss, latent)
        st.button(
            "A plane", icon=":material/scatter_plot:", on_click=learn_a_plane, key="training_plane",
            help="Two numbers, and the settings that part the classes best in half a minute: a learned σ, tanh, noise.",
        )  # fmt: skip
    return recipe, "" if beside == NONE else beside


def learn_a_plane() -> None:
    """One network with two numbers, by the recipe that keeps the classes apart best within half a minute of a core."""
    plane = asdict(PLANE)
    values = {f"training_{name}": plane[name] for name in ("lr", "batch", "beta", "noise", "copies", "latent", "width")}
    set_controls(values | {"training_activation": PLANE.activation, LOSS: PLANE.loss, BESIDE: NONE})


def _more(loss: str, latent: int) -> LossRecipe:
    with more("training") as says:
        values = {
            "lr": _choose("Learning rate", "lr", RATES, "Adam's; 0.1 is too high. Recirculation takes 250 times it."),
            "batch": _choose("Batch, digits per step", "batch", BATCHES),
            "beta": _choose("β, the price of the KL divergence", "beta", BETAS, "For VAEs only."),
            "noise": _choose("Noise σ on the input", "noise", NOISES, "The target is still the clean digit."),
            "copies": _choose(
                "L, noisy copies of each digit", "copies", COPIES,
                "Each copy has its own noise and its own sample of the code.",
            ),
            "width": _choose("Units per hidden layer", "width", WIDTHS),
        }  # fmt: skip
        values["activation"] = choice("Hidden units", ("relu", "tanh"), key="training_activation")
        seed = st.number_input(
            "Seed", 0, 9999, DEFAULT.seed, key="training_seed", bind="query-params",
            help="Sets the first weights, the batches and the noise: same seed, same training.",
        )  # fmt: skip
        st.caption("All but the seed act on the running training and leave a mark on its curve.")
        for name, value in values.items():
            if value != getattr(DEFAULT, name):
                says(f"{name} {value}")
    return LossRecipe(loss=loss, latent=latent, seed=seed, **values)


def _choose(label: str, name: str, options: tuple, hint: str | None = None) -> float:
    return st.select_slider(
        label, options, getattr(DEFAULT, name), key=f"training_{name}", bind="query-params", help=hint
    )
