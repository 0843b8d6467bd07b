"""What a command says: plain lines, tables and a progress bar, on any console, never as markup."""

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from aecore.checkpoints import Metric

_PLAIN = {"markup": False, "emoji": False, "highlight": False}  # a file may be called "[red]:smile:.png"
console = Console(**_PLAIN)
_errors = Console(**_PLAIN, stderr=True)


def begin() -> None:
    """Before a command: whatever the console's encoding, what it cannot show is escaped and no error."""
    console.stderr = False
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def leave_standard_output() -> None:
    """From now on the command says everything on standard error: its result goes to standard output."""
    console.stderr = True


def say(text: str, style: str | None = None) -> None:
    """A line as it is: not wrapped, so that a path in it can be copied, and with no character that steers a console."""
    console.print(printable(text), style=style, soft_wrap=True)


def complain(text: str) -> None:
    """A line on standard error, in red where there is colour."""
    _errors.print(printable(text), style="red", soft_wrap=True)


def table(*titles: str, name: str | None = None) -> Table:
    """An empty table; its cells are wrapped where they must be, and never cut."""
    return Table(*(Column(title, overflow="fold") for title in titles), title=name)


def progress() -> Progress:
    """A bar with a description, an `info` field and the time left; tasks are added to it."""
    description, info = (TextColumn(text, markup=False) for text in ("{task.description}", "{task.fields[info]}"))
    return Progress(description, BarColumn(), info, TimeRemainingColumn(), console=console)


def print_metrics(name: str, metrics: dict[str, Metric], before: dict[str, Metric] | None = None) -> None:
    """A card's numbers as a table, beside those of `before` if given."""
    rows = table("measure", "value", *(["on the card"] if before else []), "definition", name=name)
    for key, metric in metrics.items():
        card = [str(before[key]) if key in before else "-"] if before else []
        rows.add_row(key, str(metric), *card, metric.definition)
    console.print(rows)


def printable(text: str) -> str:
    """The text with everything escaped that would steer a console, such as colours in a file's name."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
