"""What all commands share: the console, a progress bar, the table of a card's numbers, and writing a file."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from aecore.checkpoints import Metric
from aecore.errors import AecoreError

console = Console()


def progress() -> Progress:
    """A bar with a description, an `info` field and the time left; tasks are added to it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[info]}"), TimeRemainingColumn())
    return Progress(*columns, console=console)


def print_metrics(name: str, found: dict[str, Metric], before: dict[str, Metric] | None = None) -> None:
    """A card's numbers as a table, beside those of `before` if given."""
    table = Table("measure", "value", *(["on the card"] if before else []), "definition", title=name)
    for key, metric in found.items():
        card = [number(before[key]) if key in before else "-"] if before else []
        table.add_row(key, number(metric), *card, metric.definition)
    console.print(table)


def number(metric: Metric) -> str:
    """A measured number as people read it."""
    return f"{metric.value:.4g} {metric.unit}".strip()


def write(out: Path, data: bytes) -> None:
    """Write a file. Raises: AecoreError: it cannot be written."""
    try:
        out.write_bytes(data)
    except OSError as error:
        raise AecoreError(f"{out} could not be written ({error}). Choose another place.") from error
