"""Tables of measured numbers: on the page, and to take home."""

import csv
import io
from collections.abc import Iterable, Sequence


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], small: bool = True, words: int = 1) -> str:
    """A table as Markdown.

    Args:    head: of the columns; rows: cells, each row as long as the head; small: in small print, so that five
             columns fit on a phone; words: so many columns, from the left, hold words, the others numbers.
    """
    form = ":small[{}]" if small else "{}"
    lines = [" | ".join(form.format(cell) if cell else "" for cell in row) for row in (head, *rows)]
    rule = "|".join(["---"] * words + ["--:"] * (len(head) - words))
    return "\n".join(f"| {line} |" for line in [lines[0], rule, *lines[1:]])


def comma_separated(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()
