"""How many modes two players in the plane find, from twenty seeds a setting: the GANs page's own worker, run by node.

python -m benchmarks.ring            run them, print the table: some minutes on one core
python -m benchmarks.ring --save     and write results/ring.json
python -m benchmarks.ring --entries FOLDER ...   keep what is finished there, a file a recipe
"""

import argparse
import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

from aecore import records
from aecore.gans import ring
from aecore.gans.plane import PlaneRecipe
from aecore.gans.ring import SEEDS, SETTINGS, STEPS, Measured, Twenty

ROOT = Path(__file__).resolve().parents[1]
CAMEL = {"critic_lr": "criticLr", "critic_steps": "criticSteps"}
PROGRAM = """
const [root, asked] = process.argv.slice(1)
const { serve } = await import(root + "/pages/gans/board/worker.js")
const answers = []
const scope = { postMessage: (answer) => answers.push(answer) }
serve(scope)
scope.onmessage({ data: JSON.parse(asked) })
process.stdout.write(JSON.stringify(answers), () => process.exit(0))
"""


def main() -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/ring.json")
    parser.add_argument("--entries", type=Path, help="where finished recipes stay")
    arguments = parser.parse_args()
    rows: dict[str, list[Twenty]] = {}
    for name, recipes in SETTINGS.items():
        for recipe in recipes:
            row = entry(recipe, arguments.entries and arguments.entries / f"{name}-{recipe.game}.json")
            rows.setdefault(name, []).append(row)
            print(f"{name}, {recipe.game}: all {row.all} in {row.whole} of {SEEDS}, {row.modes}", flush=True)
    if arguments.save:
        print(f"saved {records.write_table(Measured(rows), ring.results_file()).name}")


def entry(recipe: PlaneRecipe, path: Path | None) -> Twenty:
    """What all seeds of a recipe find, from the file if it is there."""
    if path is None:
        return twenty(recipe)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(twenty(recipe))) + "\n")
    return records.read(Twenty, path.read_bytes())


def twenty(recipe: PlaneRecipe) -> Twenty:
    """What all seeds of a recipe find."""
    node = shutil.which("node")
    if node is None:
        raise SystemExit("No node found: install nodejs, it runs the page's own code.")
    given = {CAMEL.get(name, name): value for name, value in asdict(recipe).items()}
    asked = {"do": "seeds", "recipe": given, "seeds": list(range(SEEDS)), "steps": STEPS, "run": 1}
    command = [node, "--input-type=module", "--eval", PROGRAM, ROOT.as_uri(), json.dumps(asked)]
    answers = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return Twenty(recipe, [one["modes"] for one in answers], [round(100 * one["good"], 1) for one in answers])


if __name__ == "__main__":
    main()
