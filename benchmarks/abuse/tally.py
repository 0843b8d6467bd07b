"""How one kind of abuse went: tried, politely refused, uncaught, and the worst of time and memory."""

import json
import os
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results/abuse.json"
EXAMPLES = 20  # of what was not caught, one of each kind


@dataclass
class Tally:
    """tried; refused: in a sentence, or by a status where a program asks; uncaught: all else that is no answer.

    worst_seconds: of one try, of processor time where one process did it; worst_mb: by how much the memory of the
    process that did it grew beyond what it had when warm; examples: kind of fault -> the first try that met it.
    """

    tried: int = 0
    refused: int = 0
    uncaught: int = 0
    worst_seconds: float = 0.0
    worst_mb: float = 0.0
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Count another one in."""
        self.tried, self.refused = self.tried + other.tried, self.refused + other.refused
        self.uncaught += other.uncaught
        self.worst_seconds = max(self.worst_seconds, other.worst_seconds)
        self.worst_mb = max(self.worst_mb, other.worst_mb)
        for kind, example in other.examples.items():
            self._keep(kind, example)

    def fault(self, kind: str, example: str) -> None:
        """Something was not caught; the example is enough to try it again."""
        self.uncaught += 1
        self._keep(kind, example)

    def _keep(self, kind: str, example: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.setdefault(kind, example)


def kind_of(error: BaseException) -> str:
    """The type of an error and the place in our code or a library where it came about."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}: {str(error)[:80]}"


def line(name: str, tally: Tally) -> str:
    """One line of the table that the benchmark prints."""
    return (
        f"{name:34} tried {tally.tried:7,}  refused {tally.refused:7,}  uncaught {tally.uncaught:4,}  "
        f"worst {tally.worst_seconds:6.2f} s {tally.worst_mb:7.1f} MB"
    )


def saved(part: str, seed: int) -> dict[str, Tally]:
    """What was tried before with this seed."""
    record = json.loads(RESULTS.read_text()).get(part, {}) if RESULTS.exists() else {}
    return {name: Tally(**tally) for name, tally in record["tallies"].items()} if record.get("seed") == seed else {}


def save(part: str, tallies: dict[str, Tally], seed: int) -> None:
    """Write one part of the results; the others stay."""
    record = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    record["machine"] = {"cores": len(os.sched_getaffinity(0)), "memory_gb": round(memory)}
    rounded = {
        name: asdict(tally) | {"worst_seconds": round(tally.worst_seconds, 2), "worst_mb": round(tally.worst_mb, 1)}
        for name, tally in tallies.items()
    }
    record[part] = {"seed": seed, "tallies": rounded}
    RESULTS.write_text(json.dumps(record, indent=1) + "\n")
