"""benchmarks/RESULTS.md, figures about a lab that strangers use and about networks, from what the benchmarks saved.

    python -m benchmarks.report

A results file has a section here: its title, the command that measures it again, and what makes lines of its record.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aecore.galaxies import drawn
from aecore.gans import ring
from benchmarks import report_models

RESULTS = Path(__file__).parent / "results"
REPORT = Path(__file__).parent / "RESULTS.md"
HEAD = [
    "# Results",
    "",
    "What some of the benchmarks measured; `python -m benchmarks.report` writes it from what they saved.",
    "Change nothing here by hand.",
]


@dataclass(frozen=True)
class Section:
    """file: in benchmarks/results; command: measures it again; lines: makes Markdown of the record."""

    title: str
    file: str
    command: str
    lines: Callable[[dict], list[str]]


def table(names: list[str], rows: list[list[object]]) -> list[str]:
    """A Markdown table; numbers stand to the right."""
    right = [all(isinstance(row[column], int | float) for row in rows) for column in range(len(names))]
    rule = "".join(f"{'--:' if number else '---'}|" for number in right)
    return [f"| {' | '.join(names)} |", f"|{rule}", *(f"| {' | '.join(map(_cell, row))} |" for row in rows)]


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def machine(record: dict) -> list[str]:
    """What it was measured on, as far as that matters."""
    here = record.get("machine", {})
    memory = here.get("memory_gb", here.get("memory GB"))
    return [f"Measured on {here['cores']} cores, {memory} GB of memory.", ""] if here else []


# ---- sections

PARTS = {
    "files": "Pictures with seeded mutations",
    "bombs": "Files that claim or cost much",
    "addresses": "Hostile values in addresses of pages",
    "states": "Hostile values of controls",
    "server": "Malformed messages and requests to one server",
}


def abuse(record: dict) -> list[str]:
    """One row a part, and what was not caught."""
    rows, faults = [], []
    for part, title in PARTS.items():
        if part not in record:
            rows.append([title, "not tried yet", "", "", "", ""])
            continue
        tallies = record[part]["tallies"].values()
        tried, refused, uncaught = (sum(tally[name] for tally in tallies) for name in ("tried", "refused", "uncaught"))
        worst = [max(tally[name] for tally in tallies) for name in ("worst_seconds", "worst_mb")]
        rows.append([title, tried, refused, uncaught, *worst])
        faults += [f"- {part}: {kind}" for tally in tallies for kind in tally["examples"]]
    text = [
        "Each try is answered, or refused in a sentence (programs: by a status); uncaught must be 0. The seconds of a",
        "try are the processor's, the megabytes those by which the process grew.",
        "",
    ]
    names = ["part", "tried", "politely refused or ignored", "uncaught", "worst s", "worst MB"]
    return [*machine(record), *text, *table(names, rows), *(["", "Uncaught:", "", *faults] if faults else [])]


def bounds(record: dict) -> list[str]:
    """What was installed and what ran with it."""
    lines = [f"{name} {version}" for name, version in record["installed"].items()]
    return [f"Installed: {', '.join(lines)}.", "", *table(["tests", "outcome"], [*record["tests"].items()])]


def load(record: dict) -> list[str]:
    """One row a run: its numbers, and the median and 95th percentile of every wait."""
    lines = machine(record)
    for visitors, run in record["runs"].items():
        plain = {name: value for name, value in run.items() if isinstance(value, int | float | str)}
        plain |= {f"MB {name}": value for name, value in run.get("memory MB", {}).items()}
        waits = {name: wait for name, wait in run.get("waits", {}).items() if isinstance(wait, dict)}
        lines += [
            f"**{visitors} visitors**: " + "; ".join(f"{name} {_cell(value)}" for name, value in plain.items()),
            "",
        ]
        if waits:
            columns = list(next(iter(waits.values())))
            rows = [[name, *(wait.get(column, "") for column in columns)] for name, wait in waits.items()]
            lines += [*table(["wait for", *columns], rows), ""]
    return lines[:-1]


def neighbours(record: dict) -> list[str]:
    """One row a kind of slow work that ten ask for at once."""
    columns = ["times the median", "cores at most", "s until nothing computed", "MB more at most"]
    rows = []
    for name, run in record["kinds"].items():
        waits = run["alone"]["median"], run["beside"]["median"], run["beside"]["p95"]
        rows.append([name, *(round(1000 * wait) for wait in waits), *(run[key] for key in columns)])
    text = [
        f"A visitor draws on Denoise while {record['heavy']} others ask for the same slow work at once; "
        "milliseconds to the answer of a stroke.",
        "",
    ]
    names = ["beside", "alone, median", "beside it, median", "beside it, p95", *columns]
    return [*machine(record), *text, *table(names, rows)]


SECTIONS = [
    Section("Bad input", "abuse.json", "python -m benchmarks.abuse", abuse),
    Section("Load", "load.json", "python -m benchmarks.load --save", load),
    Section("Neighbours", "neighbours.json", "python -m benchmarks.neighbours --save", neighbours),
    Section("Lower bounds", "lower_bounds.json", "python -m benchmarks.lower_bounds", bounds),
    Section("Signals", "signals.json", "python -m benchmarks.signals --save", report_models.signals),
    Section("Galaxies", "galaxies.json", "python -m benchmarks.galaxies measure --save", report_models.galaxies),
    Section("Galaxies drawn by class", "drawn_galaxies.json", drawn.AGAIN, report_models.drawn),
    Section("GANs on digits", "gans.json", "python -m benchmarks.gans --work FOLDER --save", report_models.gans),
    Section("GANs on a ring, from 20 seeds", "ring.json", ring.AGAIN, report_models.ring),
]


def written(folder: Path = RESULTS) -> str:
    """The whole report."""
    parts = list(HEAD)
    for section in SECTIONS:
        path = folder / section.file
        record = json.loads(path.read_text()) if path.exists() else None
        lines = ["Not measured yet."] if record is None else section.lines(record)
        parts += ["", f"## {section.title}", "", f"`{section.command}`", "", *lines]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write it."""
    REPORT.write_text(written())
    print(REPORT)


if __name__ == "__main__":
    main()
