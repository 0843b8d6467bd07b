"""How well scratches and stains on brick, grass and gravel are marked, by patches: small networks beside PCA.

python -m benchmarks.textures           measure (five minutes on one core), print the table
python -m benchmarks.textures --save    and write results/textures.json

Each way has two scores of a patch. Learnt from the left half of a picture; the score chosen on the lower right
quarter; measured on the upper right one.
"""

import argparse

import torch

from aecore import records
from aecore.anomaly import texture as textures
from aecore.anomaly.texture import FAULTS, KINDS, Score
from aecore.anomaly.texture_table import NETWORK, PCA, Measured, Row, results_file
from aecore.data.textures import TEXTURES, texture
from aecore.engine import get_engine


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write results/textures.json")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    engine, rows = get_engine(), {}
    for name in TEXTURES:
        ways = {NETWORK: textures.network(engine, name), PCA: textures.axes(name).score}
        rows[name] = {way: measure(name, score) for way, score in ways.items()}
        for way, scores in rows[name].items():
            for score, row in scores.items():
                kinds = " | ".join("{:.1f} ± {:.1f}".format(*row.of_kind(kind)) for kind in KINDS)
                print(
                    f"| {name} | {way} | {score} | {row.held:.1f} | {kinds} | {sum(row.top) / FAULTS:.1f} |", flush=True
                )
    measured = Measured(rows, {name: engine.card(name).sha256 for name in (f"texture-{name}" for name in TEXTURES)})
    if arguments.save:
        print(f"saved {records.write_table(measured, results_file()).name}")


def measure(name: str, score: Score) -> dict[str, Row]:
    """Both scores of one way on one texture."""
    held, clean = (texture(name, part).float() / 255 for part in ("held", "test"))
    trials, normal = textures.trials(name, score), textures.mark(held, score)
    rows = {}
    for key, one in textures.finds(clean, score).items():
        areas, top = ([round(value, 2) for value in values] for values in (one.auroc, one.top))
        rows[key] = Row(trials[key], areas, top, float(normal[key].median()))
    return rows


if __name__ == "__main__":
    main()
