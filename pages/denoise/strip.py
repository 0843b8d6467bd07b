"""A Comparison drawn as a strip: clean, corrupted, verdict, then autoencoders beside classical methods."""

from collections.abc import Callable

from aecore.restore import baselines
from aecore.restore.compare import Comparison, Entry
from ui.input import digit as inputs
from ui.input.digit import Chosen
from ui.live import networks as live
from ui.output import verdict
from ui.output.strip import Group, Live, Tile, message, strip
from ui.theme import kind_color


def show(
    comparison: Comparison,
    digit: Chosen,
    key: str,
    errors: bool = False,
    paste: bool = False,
    reveal: int = 0,
    answers: str = "",
    on_settled: Callable[[], None] = lambda: None,
) -> None:
    """Draw the strip of a digit.

    Args: errors: error maps instead of pictures; paste: see `compare_denoising`; reveal, on_settled: see `strip`;
          answers: the address that has the `shown` of another drawing.
    """
    follow = None
    if digit.seq is not None:
        models = [entry.id for entry in comparison.methods if entry.kind != "classical"]
        networks = {name: (live.reference(name)["sha256"], "corrupted") for name in live.available(models)}
        draw = comparison.damage.draw(digit.x)
        follow = Live(inputs.PAD, digit.seq, inputs.DRAWING, draw, "corrupted", networks, paste, answers)
    strip(shown(comparison, digit, errors), key, roomy=True, reveal=reveal, live=follow, on_settled=on_settled)


def shown(comparison: Comparison, digit: Chosen, errors: bool = False) -> dict:
    """The strip's message: the digit, its damage and what each method makes of it, with all numbers."""
    lead = [
        Tile("clean", digit.name, comparison.clean.x, **_read(comparison.clean, comparison)),
        Tile(
            "corrupted",
            "Corrupted",
            comparison.corrupted.x,
            psnr=comparison.corrupted.psnr,
            ssim=comparison.corrupted.ssim,
            help=str(comparison.damage),
            **_read(comparison.corrupted, comparison),
        ),
    ]
    learned = [_method(entry, comparison) for entry in comparison.methods if entry.kind != "classical"]
    classical = [_method(entry, comparison) for entry in comparison.methods if entry.kind == "classical"]
    titled = (("", lead), ("Autoencoders", learned), ("Classical methods", classical))
    groups = [Group(title, tiles) for title, tiles in titled if tiles]
    return message(groups, verdict.denoising(comparison), errors)


def _method(entry: Entry, comparison: Comparison) -> Tile:
    best = comparison.best
    return Tile(
        entry.id,
        entry.label,
        entry.x,
        color=kind_color(entry.kind),
        psnr=entry.psnr,
        ssim=entry.ssim,
        best=best is entry and entry.psnr >= comparison.corrupted.psnr,
        help=_help(entry),
        **_read(entry, comparison),
    )


def _read(entry: Entry, comparison: Comparison) -> dict:
    return {"reads": entry.reads, "sure": entry.sure, "wrong": comparison.misread(entry)}


def _help(entry: Entry) -> str:
    if entry.kind != "classical":
        return ""
    method = baselines.BASELINES[entry.id]
    told = f" It is told {method.told}." if method.told else ""
    return f"{method.apply.__doc__.splitlines()[0]} ({method.source}).{told}"
