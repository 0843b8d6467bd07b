"""How well pulses in radio traces are found and redrawn: classical filters, the review's networks, a U-Net.

python -m benchmarks.signals                      measure the seeds that are there, print the tables
python -m benchmarks.signals --save               and write them to results/signals.json
python -m benchmarks.signals --states FOLDER      where other seeds than the shipped ones were trained
python -m benchmarks.signals --train NAME SEED --states FOLDER   train one more seed of a recipe, and stop

Seed 0 is the shipped checkpoint; others are FOLDER/NAME-SEED.safetensors.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from aecore import checkpoints, records
from aecore.data import load, signals
from aecore.engine import get_engine, pick_device
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.signals import methods, responses, scores, table
from aecore.signals.table import Filters, Measured, Review, Score
from aecore.training import fit

TRACES = 5000  # with a pulse, and again without
SEEDS = range(3)
SAID = 2000  # steps between two lines of a training's log
Way = Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]  # x -> how loud (N,), place (N,), recon


@dataclass(frozen=True)
class Traces:
    """s: pulses in mV; x: with noise; silent: noise alone; snr: of the pulses (N,)."""

    s: Tensor
    x: Tensor
    silent: Tensor
    snr: Tensor


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/signals.json")
    parser.add_argument("--states", type=Path, default=None, help="a folder of other seeds")
    parser.add_argument("--train", nargs=2, metavar=("NAME", "SEED"), help="train one seed of a recipe")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.train:
        train(arguments.train[0], int(arguments.train[1]), arguments.states)
        return
    names = (table.NETWORK, *table.REVIEWS.values())
    networks = {name: _seeds(name, arguments.states) for name in names}
    with torch.inference_mode():
        opened = {name: _open(*kind, networks[table.NETWORK]) for name, kind in table.OPEN.items()}
        reviews = {noise: _review(noise, networks) for noise in signals.NOISES}
    filters = {name: _filters(name, nets) for name, nets in networks.items()}
    sha256 = {name: get_engine().card(name).sha256 for name in names}
    measured = Measured(opened, reviews, filters, TRACES, sha256)
    for name, shape in filters.items():
        print(name, shape)
    if arguments.save:
        print(f"saved {records.write_table(measured, table.results_file()).name}")


def train(name: str, seed: int, folder: Path) -> Path:
    """Another seed of a recipe, kept as half-precision weights alone."""
    recipe = replace(RECIPES[name], seed=seed)
    path = folder / f"{name}-{seed}.safetensors"
    model = build(recipe.family, recipe.config, seed).to(pick_device())
    for step in fit(model, load("train", recipe.dataset), recipe, report_every=SAID):
        print(f"{name}-{seed} {step.step}/{step.steps} {step.terms} {step.validation} {step.seconds:.0f} s", flush=True)
    checkpoints.round_to_half(model.state_dict().values())
    checkpoints.write(path, checkpoints.packed(model.state_dict()), {"name": name, "seed": str(seed)})
    return path


def _seeds(name: str, folder: Path | None) -> list[nn.Module]:
    """The networks of a recipe that are there, the shipped one first."""
    networks = [checkpoints.load(name)]
    for seed in SEEDS[1:]:
        path = folder / f"{name}-{seed}.safetensors" if folder else None
        if path and path.exists():
            model = build(RECIPES[name].family, RECIPES[name].config, seed)
            model.load_state_dict(checkpoints.unpacked(load_file(path)))
            networks.append(model.requires_grad_(False).eval())
    print(f"{name}: {len(networks)} seeds", flush=True)
    return networks


def traces(kind: str, colour: float, snrs: tuple[float, float], vary: bool, clipped: bool, seed: int) -> Traces:
    """TRACES of a kind, and as many without a pulse."""
    rng = torch.Generator().manual_seed(seed)
    snr = snrs[0] + (snrs[1] - snrs[0]) * torch.rand(TRACES, 1, 1, generator=rng)
    s = signals.RMS[kind] * snr * signals.pulses(TRACES, rng, vary)
    x, silent = (
        signals.received(kind, part, signals.noise(kind, TRACES, rng, colour), clipped) for part in (s, torch.zeros(()))
    )
    return Traces(s, x, silent, snr.flatten())


def _classical(kind: str, colour: float, peak: float, vary: bool) -> dict[str, Way]:
    """What is not trained; Wiener and the matched filter are told the noise's spectrum and how loud pulses are."""
    noise = methods.noise_power(kind, colour)
    wiener = methods.wiener(noise, methods.pulse_power(peak, vary))

    def matched(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        strength, recon = methods.matched(x, noise, vary)
        return strength.flatten(1).amax(1), strength.flatten(1).argmax(1), recon

    return {
        table.RAW: _loudest(methods.raw),
        table.BAND: _loudest(lambda x: methods.through(x, methods.band_pass())),
        table.WAVELET: _loudest(methods.wavelet),
        table.WIENER: _loudest(lambda x: methods.through(x, wiener)),
        table.MATCHED: matched,
    }


def _loudest(recon_of: Callable[[Tensor], Tensor]) -> Way:
    def way(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        recon = recon_of(x)
        return recon.abs().flatten(1).amax(1), scores.place(recon), recon

    return way


def _network(model: nn.Module) -> Way:
    return _loudest(lambda x: scores.apply(model, x))


def _open(kind: str, colour: float, networks: list[nn.Module]) -> dict[str, Score]:
    """All ways on traces of SNR 1 to 6, nothing clipped."""
    data = traces(kind, colour, table.SNRS, True, False, 11)
    low, high = table.SNRS
    peak = signals.RMS[kind] * ((low**2 + low * high + high**2) / 3) ** 0.5  # root mean square
    ways = {name: [way] for name, way in _classical(kind, colour, peak, True).items()}
    ways[table.UNET] = [_network(model) for model in networks]
    rows = {name: _score([_one(way, data) for way in seeds], data) for name, seeds in ways.items()}
    for name, row in rows.items():
        print(kind, colour, name, row.found, row.gain, row.told, row.alarms, flush=True)
    return rows


def _one(way: Way, data: Traces) -> dict[str, Tensor]:
    _, places, recon = way(data.x)
    loud, quiet = way(data.x)[0], way(data.silent)[0]
    bar = quiet[: TRACES // 2].quantile(1 - table.FALSE / 100)
    return {
        "found": scores.located(places, data.s).float() * 100,
        "gain": scores.output_snr(data.s, recon),
        "told": (loud > bar).float() * 100,
        "alarms": (quiet[TRACES // 2 :] > bar).float() * 100,
    }


def _score(seeds: list[dict[str, Tensor]], data: Traces) -> Score:
    means = {key: [_rounded(one[key].mean()) for one in seeds] for key in seeds[0]}
    low, high = table.SNRS
    place = ((data.snr - low) / (high - low) * table.BINS).long().clamp(0, table.BINS - 1)
    by = {
        key: [_rounded(torch.stack([one[key] for one in seeds])[:, place == at].mean()) for at in range(table.BINS)]
        for key in ("found", "gain")
    }
    return Score(**means, found_by=by["found"], gain_by=by["gain"])


def _review(noise: str, networks: dict[str, list[nn.Module]]) -> dict[str, Review]:
    """The review's own traces: pulses of one shape, 0.2 mV high, half of the traces without; and the same unclipped."""
    snr = signals.PEAK / signals.RMS[noise]
    clipped, whole = (traces(noise, 0.0, (snr, snr), False, cut, 13) for cut in (True, False))
    ways = {name: [way] for name, way in _classical(noise, 0.0, signals.PEAK, False).items()}
    ways[table.UNET] = [_network(model) for model in networks[table.NETWORK]]
    ways[table.REVIEW] = [_network(model) for model in networks[table.REVIEWS[noise]]]
    if noise in signals.RAILS:
        ways[table.RAIL] = [_loudest(lambda x: methods.at_rail(x, noise))]
    rows, stuck = {}, None
    if noise in signals.RAILS:
        stuck = methods.planted(clipped.silent, noise, torch.Generator().manual_seed(17))
    for name, seeds in ways.items():
        found, silent, unclipped, heard = [], [], [], []
        for way in seeds:
            found.append(100 * float(scores.located(way(clipped.x)[1], clipped.s).float().mean()))
            silent.append(100 * float((way(clipped.silent)[0] < scores.ALARM).float().mean()))
            unclipped.append(100 * float(scores.located(way(whole.x)[1], whole.s).float().mean()))
            if stuck:
                heard.append(100 * float(((way(stuck[0])[1] - stuck[1]).abs() < scores.NEAR).float().mean()))
        both = [(one + other) / 2 for one, other in zip(found, silent, strict=True)]
        rows[name] = Review(*([_rounded(value) for value in part] for part in (found, silent, both, unclipped, heard)))
        print("review", noise, name, rows[name], flush=True)
    return rows


def _filters(name: str, networks: list[nn.Module]) -> Filters:
    recipe = RECIPES[name]
    trained = [responses.shape(responses.first_filters(model)) for model in networks]
    fresh = [responses.shape(responses.first_filters(build(recipe.family, recipe.config, seed))) for seed in range(20)]
    return Filters(
        *(
            [_rounded(getattr(one, field)) for one in group]
            for group in (trained, fresh)
            for field in ("inside", "wide")
        )
    )


def _rounded(value: Tensor | float) -> float:
    return round(float(value), 2)


if __name__ == "__main__":
    main()
