"""The Vector field page's bets, and its sources. The browser trains and measures; the board tells what it found."""

from functools import partial

from pages.vector_field import board, controls
from pages.vector_field.board import FieldNumbers
from ui import url
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet

BACK = 0.9  # of a noisy point's distance from the data; what leaves more has not brought it back
STILL = 0.05  # units of the plane; who moves less has stayed
SAME_WAY = 0.9  # cosine of two fields that agree

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (denoising autoencoder, distance travelled); slides “Autoencoders (AEs)” (the "
    "score, the one-dimensional reconstruction, generative stochastic networks); "
    "[Alain & Bengio 2014](https://arxiv.org/abs/1211.4246) (what autoencoders learn of the density); "
    "[Vincent 2011](https://doi.org/10.1162/NECO_a_00142) (denoising is score matching); "
    "[Rifai et al. 2011](https://icml.cc/2011/papers/455_icmlpaper.pdf) (contractive); "
    "[Bengio et al. 2014](https://arxiv.org/abs/1306.1091) (GSN); "
    "[Efron 2011](https://doi.org/10.1198/jasa.2011.tm11181) (Tweedie's formula)."
)


def copies(numbers: FieldNumbers) -> Answer:
    """Whether a network that only copies brings noisy points back."""
    sentence = f"A noisy point begins {numbers.before:.3f} from the data, and ends {numbers.after:.3f} from them."
    return Answer(int(numbers.after > BACK * numbers.before), sentence)


def stays(numbers: FieldNumbers) -> Answer:
    """Whether the data's own points rest."""
    sentence = (
        f"They move {numbers.on_data:.2f} on average; the best possible denoiser moves them {numbers.data_best:.2f}."
    )
    return Answer(int(numbers.on_data > STILL), sentence)


def same_way(numbers: FieldNumbers) -> Answer:
    """Whether a small derivative makes the arrows of a denoiser."""
    sentence = f"Their cosine with the denoiser's ideal, the score, is {numbers.cosine:.2f}; 1 is the same field."
    return Answer(int(numbers.cosine < SAME_WAY), sentence)


def _begin(**settings: object) -> None:
    """Train with these settings, all others as the page opens."""
    plain = {name: getattr(controls.DEFAULT, name) for name in ("kind", "sigma", "lr", "seed")}
    plain["width"] = controls.DEFAULT.widths[0]
    set_controls({f"field_{name}": value for name, value in (plain | settings).items()})
    url.put({board.WALK: None})
    board.ask()


def _decided(by):
    return lambda numbers: None if numbers is None else by(numbers)


BETS = (
    Bet(
        "Train without noise. Where do the arrows send a noisy point?",
        ("Back to the data", "Hardly anywhere"),
        partial(_begin, shape="branches", kind="plain"),
        _decided(copies),
        board.KEY,
    ),
    Bet(
        "Train with strong noise, σ = 0.4. Do the data points themselves stay put?",
        ("They stay", "They move"),
        partial(_begin, shape="moons", sigma=0.4),
        _decided(stays),
        board.KEY,
    ),
    Bet(
        "No noise, but a price on the slope. Do the arrows look like a denoiser's?",
        ("Nearly", "Quite different"),
        partial(_begin, shape="circle", kind="contractive"),
        _decided(same_way),
        board.KEY,
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("vector_field", BETS, board.numbers, SOURCES)
