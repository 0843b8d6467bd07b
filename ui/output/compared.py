"""A comparison as a strip: the digit, what is left of it, and beside a verdict what every method makes of that."""

from collections.abc import Callable, Sequence

from aecore.restore.compare import Comparison, Entry
from ui.input.digit import DRAWING, PAD, Chosen
from ui.live.networks import reference, runnable
from ui.output.strip import Group, Live, Tile, message, strip
from ui.theme import kind_color


def tiles(
    comparison: Comparison,
    digit: Chosen,
    words: tuple[str, str],
    about: Callable[[Entry], str],
    low: str,
    sort: Callable[[Entry], str],
    dot: Callable[[Entry], str] = lambda entry: kind_color(entry.kind),
    errors: bool = False,
    echo: Sequence[str] = (),
) -> dict:
    """The strip's message, with all numbers.

    Args: words: of the verdict, a headline and a sentence; about: what hovering over an entry's label says;
          low: label of what is left; sort: under which title an entry stands; dot: colour before an entry's label;
          errors: error maps instead of pictures; echo: ids of entries that a phone shows above the pad, too.
    """

    def tile(entry: Entry, label: str, best: bool = False) -> Tile:
        color, measured = dot(entry) if entry.kind else "", entry is not comparison.clean
        return Tile(
            entry.id, label, entry.x, color, entry.psnr if measured else None, entry.ssim if measured else None,
            entry.reads, entry.sure, comparison.misread(entry), best, about(entry) if measured else "",
        )  # fmt: skip

    lead = [tile(comparison.clean, digit.name), tile(comparison.corrupted, low)]
    groups = [Group("", lead)]
    for title in dict.fromkeys(map(sort, comparison.methods)):
        row = [entry for entry in comparison.methods if sort(entry) == title]
        groups.append(Group(title, [tile(entry, entry.label, comparison.leads(entry)) for entry in row]))
    return message(groups, words, errors, echo)


def show(
    shown: dict,
    comparison: Comparison,
    digit: Chosen,
    key: str,
    reveal: int,
    answers: str,
    paste: bool = False,
    brief: bool = True,
) -> str:
    """Draw the strip; while a hand draws, the browser damages and restores the drawing by itself.

    Args: shown: its `tiles`; reveal: scroll into view whenever it grows; answers: the address that has the `tiles` of
          another drawing; paste: known pixels are put back; brief: of the numbers, PSNR and the judge's digit alone.
    Returns: as `strip`.
    """
    follow = None
    if digit.seq is not None:
        models = [entry.id for entry in comparison.methods if entry.kind != "classical"]
        networks = {name: (reference(name)["sha256"], "corrupted") for name in runnable(models)}
        draw = comparison.damage.draw(digit.x)
        follow = Live(PAD, digit.seq, DRAWING, draw, "corrupted", networks, paste, answers)
    return strip(shown, key, roomy=True, brief=brief, reveal=reveal, live=follow)
