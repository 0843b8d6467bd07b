"""Heartbeats in bits: a learnt convolutional code beside a wavelet's, the same entropy coder behind both.

python -m benchmarks.heartbeat                       measure the shipped network on eight people, print the table
python -m benchmarks.heartbeat --save                and write it to results/heartbeat.json
python -m benchmarks.heartbeat --train --data FOLDER train the network anew first, with FOLDER/beats.npz beside the
                                                     strips (five minutes on one core; resumable)

Trained, and all tables fitted, on people of de Chazal's first set alone; measured on people of the second, one minute
each. The wavelet's kind, depth and rounding were chosen on the training strips (--tune prints what came out).
"""

import argparse
import itertools
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from aecore import records
from aecore.compression import heartbeat
from aecore.compression.heartbeat import Learnt, Transform, Wavelet
from aecore.compression.heartbeat_net import UNIT, HeartbeatNet, crops, read, write
from aecore.compression.heartbeat_table import STEPS, Curve, Measured, Point, results_file
from aecore.data.heartbeats import TEST, TRAIN, strips
from aecore.training import rate

BATCHES, BATCH, LENGTH, LR = 12_000, 48, 240, 2e-3
SAVE_EVERY = 500
TUNED = (("bior4.4", "sym4", "sym8", "db4", "bior6.8", "coif2"), (4, 5, 6, 7), (0.2, 0.25, 0.35, 0.5))


def main() -> None:
    """Train where asked, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write results/heartbeat.json")
    parser.add_argument("--train", action="store_true", help="train the network anew, and ship it")
    parser.add_argument("--tune", action="store_true", help="try wavelets and roundings on the training strips")
    parser.add_argument("--data", type=Path, help="a folder with beats.npz")
    parser.add_argument("--state", type=Path, default=Path(".states/heartbeat.safetensors"), help="of the training")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.train:
        train(arguments.data, arguments.state)
    if arguments.tune:
        tune()
    coders: dict[str, Transform] = {"learnt": Learnt(read()), "wavelet": Wavelet()}
    curves = {name: measure(name, transform) for name, transform in coders.items()}
    if arguments.save:
        print(f"saved {records.write_table(Measured(curves, list(TEST)), results_file()).name}")


def measure(name: str, transform: Transform) -> Curve:
    """Every step, everybody: real bytes, decoded again."""
    points = []
    for step in STEPS:
        size, lost = [], []
        for record in TEST:
            x = strips()[record]
            data = heartbeat.encode(transform, x, step)
            size.append(len(data))
            lost.append(heartbeat.prd(x, heartbeat.decode(transform, data, len(x), step)))
        points.append(Point(step, size, lost))
        print(f"| {name} | {step} | {np.mean(size):.0f} B | PRD {np.mean(lost):.2f} % |", flush=True)
    return Curve(points)


def train(data: Path | None, state: Path) -> None:
    """The network, from crops of the training people's strips and, where there are some, single beats."""
    rows = np.stack([strips()[record] - strips()[record].mean() for record in TRAIN]).astype(np.float32)
    pieces = [torch.from_numpy(rows / UNIT)]
    if data:
        with np.load(data / "beats.npz", allow_pickle=False) as file:
            beats, record, there = file["x"].astype(np.float32), file["record"], file["split"] == "train"
        for number in np.unique(record[there]):
            beats[record == number] -= np.median(beats[record == number])
        pieces.append(torch.from_numpy(beats[there] / UNIT))
    torch.manual_seed(0)
    net, begin = HeartbeatNet(), 0
    optimizer = torch.optim.Adam(net.parameters(), lr=LR)
    if state.exists():
        saved = load_file(state)
        begin = int(saved.pop("batch"))
        net.load_state_dict(saved)  # Adam's averages are made anew: a few batches
    net.train()
    for batch in range(begin, BATCHES):
        rng = torch.Generator().manual_seed(batch)
        x = torch.cat([crops(part, BATCH // len(pieces), LENGTH, rng) for part in pieces])  # (BATCH, 1, LENGTH)
        x = x * (0.7 + 0.8 * torch.rand(len(x), 1, 1, generator=rng)) + torch.randn(len(x), 1, 1, generator=rng)
        terms = net.loss(x, rng)
        optimizer.param_groups[0]["lr"] = LR * rate(batch / BATCHES, "one-cycle")
        optimizer.zero_grad()
        terms["loss"].backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        if (batch + 1) % SAVE_EVERY == 0 or batch + 1 == BATCHES:
            print(f"{batch + 1}/{BATCHES}: " + ", ".join(f"{key} {value.item():.4f}" for key, value in terms.items()))
            state.parent.mkdir(parents=True, exist_ok=True)
            save_file(net.state_dict() | {"batch": torch.tensor(batch + 1)}, state)
    print(f"saved {write(net.eval())}")


def tune() -> None:
    """The bytes of each wavelet at 5 and 8 % PRD, mean over the training strips."""
    results = []
    for name, levels, offset in itertools.product(*TUNED):
        transform, points = Wavelet(name, levels, offset), []
        for step in (1.0, 2.0, 4.0):
            for record in TRAIN:
                x = strips()[record]
                recon = heartbeat.decode(transform, heartbeat.encode(transform, x, step), len(x), step)
                points.append((heartbeat.bound(transform, x, step), heartbeat.prd(x, recon)))
        size, lost = np.array(points).reshape(3, len(TRAIN), 2).mean(1).T
        at = [float(np.exp(np.interp(np.log(goal), np.log(lost), np.log(size)))) for goal in (5, 8)]
        results.append((sum(at), transform, at))
    for _, transform, at in sorted(results, key=lambda row: row[0])[:10]:
        print(f"{transform}: {at[0]:.0f} B at 5 %, {at[1]:.0f} B at 8 %")


if __name__ == "__main__":
    main()
