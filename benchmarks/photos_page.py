"""What the Photos page shows of the held-out pictures: measured as the page would, and kept for it.

python -m benchmarks.photos_page         prints PSNR in dB and writes benchmarks/results/photos_page.json
"""

import json

import numpy as np
import torch

from aecore.data.photos import TEST
from aecore.engine import get_engine
from aecore.pictures.restore import HELD_OUT, held_out
from pages.photos.controls import NETWORK, label, methods
from pages.photos.measured import RESULTS


def main() -> None:
    """Measure, print, write."""
    torch.set_num_threads(1)
    engine = get_engine()
    names, problem = methods(engine)
    if problem:
        print(problem)
        return
    *_, table = held_out(names)
    print(f"| σ | picture | noisy | {' | '.join(map(label, names))} |\n|---|---|---|{'---|' * len(names)}")
    for sigma, rows in zip(HELD_OUT, table, strict=True):
        for name, row in zip([*TEST, "mean"], [*rows, rows.mean(0)], strict=True):
            print(f"| {sigma} | {name} | {' | '.join(f'{value:.2f}' for value in row)} |")
    record = {"network": engine.card(NETWORK).sha256, "sigmas": HELD_OUT, "pictures": list(TEST), "methods": names}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(record | {"psnr": np.round(table, 3).tolist()}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
