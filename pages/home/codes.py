"""The front door's stage: one drawing through codes of 32, 8 and 2 numbers, of networks that differ in nothing else."""

from aecore import referee
from aecore.engine import Engine
from ui.input.digit import Chosen
from ui.output import verdict
from ui.output.network import Row, message, network
from ui.serving import available

SIZES = {"bottleneck-32": 32, "bottleneck-8": 8, "bottleneck-2": 2}
EXAMPLE = 255  # a test digit, a 7, that two numbers cannot hold: whoever only looks sees that, too


def show(engine: Engine, digit: Chosen, answers: str = "") -> None:
    """Draw the rows; answers: the address that has the `shown` of another drawing."""
    network(shown(engine, digit), "home_codes", seq=digit.seq, answers=answers, follows=True, compact=True)


def shown(engine: Engine, digit: Chosen) -> dict:
    """The rows' message: what each code makes of the digit, as the judge reads it."""
    names = available(engine, *SIZES)
    recons = [engine.reconstruct(name, digit.x) for name in names]
    truth, *after = referee.read(engine, digit.x, *recons)
    rows = []
    for name, recon, read in zip(names, recons, after, strict=True):
        sure = 0.0 if read is None else float(engine.classify(recon).max())
        words = verdict.code(truth, read, SIZES[name], digit.own, sure)
        rows.append(Row(name, "ae", f"{SIZES[name]} numbers", words, wrong=read != truth))
    return message(rows, digit.x)
