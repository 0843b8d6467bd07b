"""The GANs page's controls: what the two play for, on which data, and how fast each may learn."""

import streamlit as st

from aecore.gans.games import GAMES
from aecore.gans.plane import SHAPES, PlaneRecipe
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.more import more

NAMES = {"minimax": "Minimax", "non-saturating": "Non-saturating", "wgan-gp": "WGAN-GP", "wgan-div": "WGAN-div"}
SHAPE_NAMES = {"ring": "Ring of 8", "grid": "Grid of 25"}
RATES = (0.0005, 0.001, 0.002, 0.005, 0.01)
STRENGTHS = {"wgan-gp": (0.01, 0.1, 1.0, 10.0), "wgan-div": (0.2, 2.0, 20.0)}
FIRST = {"wgan-gp": 0.1, "wgan-div": 2.0}
WIDTHS = (8, 16, 24, 32, 64)
DEFAULT = PlaneRecipe()


def show() -> tuple[PlaneRecipe, str]:
    """The game and the data, and the rest behind a button: the recipe, and its label."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        game = choice(
            "Game", GAMES, default=GAMES[0], format_func=NAMES.get, key="gans_game", help=explain("GAN games")
        )
        shape = choice("Data", SHAPES, default=SHAPES[0], format_func=SHAPE_NAMES.get, key="gans_shape")
        with more("gans") as says:
            recipe, words = _rest(game, shape)
            for word in words:
                says(word)
    return recipe, ", ".join([NAMES[game], SHAPE_NAMES[shape].lower(), *words])


def _rest(game: str, shape: str) -> tuple[PlaneRecipe, list[str]]:
    lr = st.select_slider("Generator's learning rate", RATES, DEFAULT.lr, key="gans_lr", bind="query-params")
    critic_lr = st.select_slider(
        "Critic's learning rate", RATES, DEFAULT.critic_lr, key="gans_critic_lr", bind="query-params"
    )
    critic_steps = st.slider("Critic's steps per generator step", 1, 5, key="gans_steps", bind="query-params")
    noise = st.slider(
        "Noise on everything the critic sees", 0.0, 0.5, 0.0, 0.02, key="gans_noise", bind="query-params",
        help="Standard deviation, in units of the plane, where the ring has radius 1.",
    )  # fmt: skip
    strength = DEFAULT.strength
    if game in STRENGTHS:
        strength = st.select_slider(
            "Penalty λ" if game == "wgan-gp" else "Penalty k", STRENGTHS[game], FIRST[game],
            key=f"gans_strength_{game}", bind="query-params", help=explain("gradient penalty"),
        )  # fmt: skip
    width = st.select_slider(
        "Units a layer", WIDTHS, DEFAULT.width, key="gans_width", bind="query-params",
        help="Both networks have two hidden layers of this many tanh units.",
    )  # fmt: skip
    seed = st.number_input("Seed", 0, 9999, DEFAULT.seed, key="gans_seed", bind="query-params")
    st.caption("Game, rates, steps, noise and penalty act on the running training; anything else starts a new one.")
    words = []
    if (lr, critic_lr) != (DEFAULT.lr, DEFAULT.critic_lr):
        words.append(f"rates {lr:g} and {critic_lr:g}")
    if critic_steps > 1:
        words.append(f"{critic_steps} critic steps")
    if noise:
        words.append(f"noise {noise:.2f}")
    if game in FIRST and strength != FIRST[game]:
        words.append(f"{'λ' if game == 'wgan-gp' else 'k'} = {strength:g}")
    if width != DEFAULT.width:
        words.append(f"{width} units")
    recipe = PlaneRecipe(
        shape, game, strength, DEFAULT.power, lr, critic_lr, critic_steps, noise, width, DEFAULT.batch, seed
    )
    return recipe, words
