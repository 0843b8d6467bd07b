"""Home's bets, and its sources: nothing to set, but measured at once on test digits."""

import functools

import torch

from aecore import corruptions
from aecore.engine import Engine
from pages.home import strip
from pages.home.codes import SIZES
from ui.input.digit import all_test_digits
from ui.serving import available
from ui.teach import bets
from ui.teach.bets import Answer, Bet

TESTED = 500  # test digits
NARROW = "bottleneck-2"
SOURCES = (
    "Sources: [Hinton & Salakhutdinov 2006](https://doi.org/10.1126/science.1127647) (pictures through a few numbers); "
    "[Vincent et al. 2008](https://doi.org/10.1145/1390156.1390294) (denoising autoencoders); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST)."
)


def narrow(engine: Engine) -> Answer | None:
    """How many digits are still read right after a code of two numbers."""
    if len(available(engine, NARROW, "judge")) < 2:
        return None
    count = read_right(engine, NARROW)
    share = count / TESTED
    return Answer(
        0 if share > 0.9 else 1 if share > 0.5 else 2,
        f"Of {TESTED} test digits the judge reads {count} right after {SIZES[NARROW]} numbers.",
    )


def hidden(engine: Engine) -> Answer | None:
    """How many digits are read right under the noise, and once it is taken away."""
    names = strip.networks(engine)
    if not names or not available(engine, "judge"):
        return None
    before, after = read_right(engine, "", noisy=True), read_right(engine, names[0], noisy=True)
    share = before / TESTED
    return Answer(
        2 if share > 0.9 else 1 if share > 0.5 else 0,
        f"It reads {before} of {TESTED} in the noise, and {after} once the denoiser has taken it away.",
    )


def wide(engine: Engine) -> Answer | None:
    """How many numbers the denoiser's code has, beside the picture's 784."""
    names = strip.networks(engine)
    if not names:
        return None
    x = all_test_digits()[0][:1].float() / 255
    count, pixels = engine.encode(names[0], x).numel(), x.numel()
    return Answer(
        2 if count < 100 else 1 if count <= pixels else 0,
        f"It has {count:,} numbers for {pixels} pixels: the noise, not a narrow code, keeps it from copying.",
    )


@functools.lru_cache(maxsize=4)
def read_right(engine: Engine, name: str, noisy: bool = False) -> int:
    """Of the first TESTED test digits, how many the judge reads right in what a network makes of them; of the digits
    themselves where `name` is ""."""
    images, y = all_test_digits()
    x = images[:TESTED].float() / 255
    if noisy:
        rng = torch.Generator().manual_seed(0)
        x, _ = corruptions.corrupt("gaussian", x, strip.NOISE, rng)
    recon = engine.reconstruct(name, x) if name else x
    return int((engine.classify(recon).argmax(1) == y[:TESTED]).sum())


def _nothing() -> None:
    """There is nothing to set."""


BETS = (
    Bet(
        "How many digits can still be read after a code of 2 numbers?",
        ("Nearly all", "More than half", "Fewer than half"),
        _nothing,
        narrow,
        "home_codes",
    ),
    Bet(
        "How many noisy digits does the judge read right, before they are denoised?",
        ("Fewer than half", "More than half", "Nearly all"),
        _nothing,
        hidden,
        "home_strip",
    ),
    Bet(
        "How many numbers does the denoiser's own code have?",
        ("More than the picture has", "A few hundred", "A few dozen"),
        _nothing,
        wide,
        "home_strip",
    ),
)


def show(engine: Engine) -> None:
    """Three bets and one line of sources."""
    bets.show("home", BETS, lambda: engine, SOURCES)
