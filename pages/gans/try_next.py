"""The GANs page's bets, and its sources. The browser runs twenty seeds; the board tells what they found."""

from functools import partial

from pages.gans import board, controls
from pages.gans.board import SEEDS, TwentySeeds
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet

MOST = 10  # of twenty seeds: more than half

SOURCES = (
    "Sources: “Revisiting Autoencoders” (ACGAN, WGAN-GP, WGAN-div); NYU Deep Learning, week 7 (why generators); "
    "[Goodfellow et al. 2014](https://arxiv.org/abs/1406.2661) (the first two games); "
    "[Odena et al. 2017](https://arxiv.org/abs/1610.09585) (ACGAN); "
    "[Gulrajani et al. 2017](https://arxiv.org/abs/1704.00028) (gradient penalty); "
    "[Wu et al. 2018](https://arxiv.org/abs/1712.01026) (WGAN-div); "
    "[Heusel et al. 2017](https://arxiv.org/abs/1706.08500) (Fréchet distance of features); "
    "[Kynkäänniemi et al. 2019](https://arxiv.org/abs/1904.06991) (recall); "
    "[GAN Lab](https://poloclub.github.io/ganlab/) (two players in a browser)."
)


def _told(seeds: TwentySeeds) -> str:
    few = f", and {seeds.collapsed} found {seeds.all // 4} or fewer" if seeds.collapsed else ""
    return f"{seeds.whole} of {SEEDS} seeds found all {seeds.all}{few}."


def saturates(seeds: TwentySeeds) -> Answer:
    """Whether minimax, the loss that textbooks warn of, fails on the ring."""
    return Answer(int(seeds.whole > MOST), _told(seeds))


def slow_critic(seeds: TwentySeeds) -> Answer:
    """Whether a generator that outruns its critic collapses."""
    return Answer(int(seeds.collapsed <= MOST), _told(seeds))


def stiff(seeds: TwentySeeds) -> Answer:
    """Whether the paper's penalty suits the ring."""
    return Answer(int(seeds.whole <= MOST), _told(seeds))


def _begin(**settings: object) -> None:
    """Twenty seeds with these settings, all others as the page opens."""
    plain = {"lr": controls.DEFAULT.lr, "critic_lr": controls.DEFAULT.critic_lr, "steps": 1, "noise": 0.0, "seed": 0}
    plain |= {"width": controls.DEFAULT.width, "shape": "ring"}
    set_controls({f"gans_{name}": value for name, value in (plain | settings).items()})
    board.ask()


def _decided(by):
    return lambda seeds: None if seeds is None else by(seeds)


BETS = (
    Bet(
        "Textbooks warn that the minimax loss goes flat. Do most of 20 seeds still find all 8 modes?",
        ("No, too flat", "Yes, most do"),
        partial(_begin, game="minimax"),
        _decided(saturates),
        board.KEY,
    ),
    Bet(
        "The critic learns ten times more slowly than the generator. How many modes do most of 20 seeds find?",
        ("Two or fewer", "More than two"),
        partial(_begin, game="non-saturating", critic_lr=0.0005),
        _decided(slow_critic),
        board.KEY,
    ),
    Bet(
        "WGAN-GP with λ = 10, as in the paper. Do most of 20 seeds find all 8 modes?",
        ("Yes", "No"),
        partial(_begin, game="wgan-gp", **{"strength_wgan-gp": 10.0}),
        _decided(stiff),
        board.KEY,
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("gans", BETS, board.seeds, SOURCES)
