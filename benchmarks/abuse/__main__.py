"""What hostile visitors send, tried against the lab: what is neither answered nor politely refused must be 0.

    python -m benchmarks.abuse                      # all parts
    python -m benchmarks.abuse files --tries 2000   # fewer mutations

Parts: files (seeded mutations of real pictures of every accepted format; it goes on where it stopped), bombs (files
that claim or cost much), addresses (hostile values for every key of every page's address), states (hostile values of
every control), server (malformed websocket messages and bodies of routes, against one server). Writes
benchmarks/results/abuse.json, a part at a time; `python -m benchmarks.report` shows it.
"""

import argparse
import os
import sys
import time

from benchmarks.abuse import tally
from benchmarks.abuse.tally import Tally


def main() -> int:
    """Run the parts; the exit status is 1 if anything was not caught."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all by default")
    parser.add_argument("--tries", type=int, default=100_000, help="mutations of files")
    parser.add_argument("--rounds", type=int, default=40, help="of states for the controls of a page")
    parser.add_argument("--requests", type=int, default=600, help="messages, and requests to routes, to the server")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.nice(19)
    whole = Tally()
    for part in options.parts or PARTS:
        began = time.monotonic()
        tallies = PARTS[part](options)
        for name, one in tallies.items():
            print(tally.line(name, one))
            whole.add(one)
        print(f"{part}: {time.monotonic() - began:.0f} s", flush=True)
        tally.save(part, tallies, options.seed)
    print(tally.line("together", whole))
    for kind, example in whole.examples.items():
        print(f"  {kind}\n    {example}")
    return 1 if whole.uncaught else 0


def _files(options: argparse.Namespace) -> dict[str, Tally]:
    from benchmarks.abuse import files

    return files.mutations(options.tries, options.seed)


def _bombs(_: argparse.Namespace) -> dict[str, Tally]:
    from benchmarks.abuse import files

    return files.bombs()


def _addresses(_: argparse.Namespace) -> dict[str, Tally]:
    from benchmarks.abuse import pages

    return pages.addresses()


def _states(options: argparse.Namespace) -> dict[str, Tally]:
    from benchmarks.abuse import pages

    return pages.states(options.seed, options.rounds)


def _server(options: argparse.Namespace) -> dict[str, Tally]:
    from benchmarks.abuse import server

    return server.serve(options.requests, options.seed)


PARTS = {"files": _files, "bombs": _bombs, "addresses": _addresses, "states": _states, "server": _server}

if __name__ == "__main__":
    sys.exit(main())
