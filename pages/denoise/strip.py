"""The Denoise page's strip: what its tiles say beside their numbers."""

from aecore.restore import baselines
from aecore.restore.compare import Comparison, Entry
from ui.input.digit import Chosen
from ui.output import compared, verdict


def shown(comparison: Comparison, digit: Chosen, errors: bool = False) -> dict:
    """The strip's message, see `ui.output.compared`; errors: error maps instead of pictures."""

    def about(entry: Entry) -> str:
        return str(comparison.damage) if entry is comparison.corrupted else _method(entry)

    return compared.tiles(comparison, digit, verdict.denoising(comparison), about, errors=errors)


def _method(entry: Entry) -> str:
    if entry.kind != "classical":
        return ""
    method = baselines.BASELINES[entry.id]
    told = f" It is told {method.told}." if method.told else ""
    return f"{method.apply.__doc__.splitlines()[0]} ({method.source}).{told}"
