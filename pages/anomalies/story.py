"""The Anomalies page's thread of prose, with the numbers of the digit on its stage."""

from aecore.anomaly.normal import DIGITS, ELBO, NAMES, NEAREST
from pages.anomalies.stage import Marked


def told(marked: Marked) -> str:
    """What the scores say of the digit, together."""
    settings = marked.settings
    name = "digits" if settings.normal == DIGITS else f"{settings.normal}s"
    alarms = [key for key in marked.marks if marked.marks[key] > alarm_at(marked, key)]
    text = (
        f"The [[anomaly score]] is high where the network fails: it has seen {name} alone. {_count(alarms, marked)} "
        f"the picture odd, with the threshold set so that {settings.passing:g}% of normal {name} pass. "
    )
    if not settings.thing and marked.below(NEAREST) > 0:
        text += f"Without any network, [[nearest neighbours]] put it above {marked.below(NEAREST):.0f}% of them. "
    if settings.thing == "empty" and settings.normal == DIGITS:
        text += (
            f"{NAMES[ELBO]} calls the empty page the most normal digit of all: a blank pixel is the likeliest pixel. "
            "Divide the error by the ink, and it is found."
        )
    return text


def alarm_at(marked: Marked, score: str) -> float:
    """The threshold of a score, at the share of normal pictures that shall pass."""
    from aecore.anomaly import rank

    return rank.threshold(100 - marked.settings.passing, marked.usual[score])


def _count(alarms: list[str], marked: Marked) -> str:
    total = len(marked.marks)
    if not alarms:
        return f"None of {total} scores calls"
    return f"All {total} scores call" if len(alarms) == total else f"{len(alarms)} of {total} scores call"
