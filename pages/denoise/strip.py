"""The Denoise page's strip: what its tiles say beside their numbers."""

from aecore.corruptions import CORRUPTIONS
from aecore.guests import is_guest
from aecore.restore import baselines
from aecore.restore.compare import Comparison, Damage, Entry
from ui.input.digit import Chosen
from ui.output import compared, verdict


def shown(comparison: Comparison, digit: Chosen, errors: bool = False) -> dict:
    """The strip's message, see `ui.output.compared`; errors: error maps instead of pictures."""

    def about(entry: Entry) -> str:
        return "" if entry is comparison.corrupted else _method(entry)

    best, low = comparison.best, f"Damaged, {_how_much(comparison.damage)}"
    echo = ["corrupted", *([best.id] if best else [])]
    return compared.tiles(
        comparison, digit, verdict.denoising(comparison), about, low, _trained, errors=errors, echo=echo
    )


def _how_much(damage: Damage) -> str:
    return CORRUPTIONS[damage.corruption].describe(damage.strength)


def _trained(entry: Entry) -> str:
    """What a method was made for: it explains more than its name."""
    if is_guest(entry.id):
        return "Yours"
    return {"dae": "Trained to repair", "classical": "Filters"}.get(entry.kind, "Trained to copy")


def _method(entry: Entry) -> str:
    if entry.kind != "classical":
        return ""
    method = baselines.BASELINES[entry.id]
    told = f" It is told {method.told}." if method.told else ""
    return f"{method.apply.__doc__.splitlines()[0]} ({method.source}).{told}"
