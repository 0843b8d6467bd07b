"""The licences of everything that requirements.lock pins, as the installed packages state them.

    python -m benchmarks.licences

Exits with 1 if one of them is none that we know to be free, or if a package is not installed here (platforms differ:
those whose condition does not hold here are passed over).
"""

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
FREE = re.compile(
    r"MIT|BSD|Apache|Python Software Foundation|PSF|ISC|MPL|Mozilla|HPND|Unlicense|Zlib|CC0|Public Domain|LGPL|BSL",
    re.IGNORECASE,
)
PROPRIETARY = re.compile(r"^(nvidia|cuda)")  # CUDA's libraries: free to use and to install, not free software


def pinned(lock: Path = LOCK) -> list[str]:
    """The packages that the lock asks for on this platform."""
    lines = [line.rstrip(" \\") for line in lock.read_text().splitlines() if re.match(r"[a-z0-9]", line)]
    requirements = [Requirement(line) for line in lines]
    return [r.name for r in requirements if r.marker is None or r.marker.evaluate()]


def licence(name: str) -> str:
    """What a package states of itself: SPDX expression, classifier or text, the first that there is."""
    stated = metadata.metadata(name)
    if stated.get("License-Expression"):
        return stated["License-Expression"]
    classifiers = [c.rsplit(" :: ", 1)[-1] for c in stated.get_all("Classifier", []) if c.startswith("License ::")]
    text = (stated.get("License") or "").strip().splitlines()
    return " / ".join(c for c in classifiers if c != "OSI Approved") or (text[0][:60] if text else "not stated")


def main() -> int:
    """Print one line a package; the number of those that nobody has judged yet decides the exit status."""
    unknown = 0
    for name in pinned():
        try:
            text = licence(name)
        except metadata.PackageNotFoundError:
            text = "not installed"
        known = bool(FREE.search(text) or PROPRIETARY.match(name))
        unknown += not known
        print(f"{'' if known else '? '}{name:32} {text}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
