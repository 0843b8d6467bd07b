"""Why the prior matters: the same kind of random codes through a CVAE, a VAE and an autoencoder."""

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.latent import samples
from aecore.latent.realism import features_of, real_digits
from ui.input import digit as inputs
from ui.output.gallery import Row, gallery
from ui.serving import available
from ui.theme import kind_color

SHOWN = 10  # samples a row of the comparison
PRIORS = {  # what to compare: label -> CVAE, VAE, autoencoder
    "Two numbers": ("cvae-2", "vae-2", "ae-2-bce"),
    "More numbers": ("cvae", "vae", "ae-conv"),
}
_MANY = 200  # samples a row of the comparison


def show(engine: Engine, seed: int) -> None:
    """Codes from N(0, I) through a CVAE, a VAE and an autoencoder; and the best that one can do for the last."""
    pairs = st.segmented_control(
        "Codes of", list(PRIORS), default="More numbers", required=True, key="generate_prior", bind="query-params"
    )
    rows = _unconditional(engine, PRIORS[pairs], seed, tuple(engine.names()))
    if not rows:
        st.caption("The models of this comparison are not here yet.")
        return
    shown = [
        Row(title, x, p, y, note, color=kind_color(family) if family else "") for title, family, x, p, y, note in rows
    ]
    gallery(shown, "generate_priors", 84)
    st.caption(
        f"The first {SHOWN} of {_MANY} samples each, means over all. Sure: the probability that the judge gives to "
        "what it reads; a classifier can be sure of nonsense. So also the distance to the nearest of 10,000 real "
        "digits in the judge's features; 1 is as far as an unseen real digit usually lies."
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _unconditional(_engine: Engine, names: tuple[str, ...], seed: int, at_hand: tuple[str, ...]) -> list[tuple]:
    """(title, family, first x, p, y, note) of each row: each model, the autoencoder twice, and real digits."""
    if "judge" not in at_hand:
        return []
    real = inputs.test_digits()[0][:1000].float() / 255
    plan = [(name, None) for name in available(_engine, *names)]
    plan += [(name, real) for name in available(_engine, names[-1])]
    rows = []
    for name, like in plan:
        card = _engine.card(name)
        x, y = samples.unconditional(_engine, name, _MANY, torch.Generator().manual_seed(seed), like)
        origin = "z ~ N(0, I)" if like is None else "z ~ a Gaussian fitted to its codes"
        rows.append((f"{card.kind.upper()}, {origin}", card.kind, x, y, card.title))
    rows.append(("Real test digits", "", real[:_MANY], None, "for comparison"))
    found = []
    manifold = real_digits(_engine)
    for title, family, x, y, note in rows:
        p = _engine.classify(x)
        distance = float(manifold.nearest(features_of(_engine, x))[0].mean())
        note = f"{note} · judge {100 * float(p.amax(1).mean()):.0f} % sure · {distance:.1f} from a real digit"
        if y is not None:
            note += f" · reads {100 * float((p.argmax(1) == y).float().mean()):.1f} % as asked"
        asked = None if y is None else y[:SHOWN].tolist()
        found.append((title, family, x[:SHOWN], p[:SHOWN], asked, note))
    return found
