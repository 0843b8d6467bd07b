"""How well a step of the code follows a transformation of the picture: the average step beside the learned one.

python -m benchmarks.transformations                 measure 1,000 test digits, print the table, and save it
python -m benchmarks.transformations --digits 50     print only

A walk has nine steps; PSNR is the mean over the eight that change something. The class that the judge reads says which
training digits the step is learned from, as on the page. The first control is leaving the digit as it is; the second,
"own code", encodes the transformed picture itself, which is the most that a step of the code can reach.
"""

import argparse

import torch

from aecore import metrics, records
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.latent import steps
from aecore.latent.transforms import TRANSFORMS, transform

MODELS = ("ae-conv", "vae")
STEPS, LEARNED_FROM, FIRST = 9, 300, 10_000  # of a walk; training digits a class, of the first so many
SAVED = 1_000  # digits of the table


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--digits", type=int, default=SAVED, help="how many test digits, the first ones")
    arguments = parser.parse_args()
    engine = get_engine()
    x = load_digits("test")[0][: arguments.digits].float() / 255
    reads = engine.classify(x).argmax(1)
    images, labels = (part[:FIRST] for part in load_digits("train"))
    by_class = [images[labels == k][:LEARNED_FROM].float() / 255 for k in range(10)]
    moved = [s for s in range(STEPS) if s != STEPS // 2]
    followed: dict[str, dict] = {}
    print("| transformation | model | way | PSNR, dB | left as it is | more than 1 dB closer, % |")
    print("|---|---|---|---|---|---|")
    for name, how in TRANSFORMS.items():
        amounts = how.amounts(STEPS)
        truth = torch.stack([transform(name, x, float(amounts[s])) for s in moved], 1)  # (N, 8, 1, 28, 28)
        still = _psnr(truth, x[:, None].expand_as(truth))
        for model in MODELS:
            z = engine.encode(model, x)
            walks = {way: torch.zeros_like(truth) for way in steps.WAYS}
            for k in reads.unique().tolist():
                of_class = reads == k
                for way, ridge in steps.WAYS.items():
                    fitted = steps.fit_steps(
                        lambda x, model=model: engine.encode(model, x),
                        by_class[k],
                        lambda x, amount, name=name: transform(name, x, amount),
                        amounts,
                        ridge,
                    )
                    codes = fitted(z[of_class])[:, moved]  # (n, 8, D)
                    walks[way][of_class] = engine.decode(model, codes.flatten(0, 1)).unflatten(0, (-1, len(moved)))
            own = engine.reconstruct(model, truth.flatten(0, 1)).unflatten(0, (-1, len(moved)))
            for way, recon in [*walks.items(), ("own code", own)]:
                psnr = _psnr(truth, recon)
                row = steps.Followed(*(round(float(value.double().mean()), 4) for value in (
                    psnr, still, psnr > still + steps.MARGIN
                )))  # fmt: skip
                followed.setdefault(name, {}).setdefault(model, {})[way] = row
                print(f"| {name} | {model} | {way} | {row.psnr:.2f} | {row.still:.2f} | {100 * row.share:.1f} |")
    if arguments.digits == SAVED:
        sha256 = {model: engine.card(model).sha256 for model in (*MODELS, "judge")}
        print(f"saved {records.write_table(steps.Table(len(x), followed, sha256), steps.table_file()).name}")


def _psnr(truth: torch.Tensor, recon: torch.Tensor) -> torch.Tensor:
    """(N, 8, 1, 28, 28) twice -> mean PSNR of each digit's steps, (N,)."""
    return metrics.psnr(truth.flatten(0, 1), recon.flatten(0, 1)).view(len(truth), -1).mean(1)


if __name__ == "__main__":
    main()
