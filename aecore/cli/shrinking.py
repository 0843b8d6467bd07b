"""Commands that make networks small: shrink."""

from pathlib import Path
from typing import Annotated

import typer

from aecore import checkpoints, storage
from aecore.cli import screen

app = typer.Typer()


@app.command()
def shrink(
    name: Annotated[str, typer.Argument(help="The network: judge or dae.")],
    sparsity: Annotated[
        float, typer.Option(help="Share of the weights that become 0: 0.92, 0.96, 0.98, of the judge 0.99.")
    ] = 0.96,
    bits: Annotated[int, typer.Option(help="2 or 4: so many bits say which value a weight has.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Of the order and the damage of the digits.")] = 0,
    out: Annotated[Path | None, typer.Option(help="The file; beside the shipped ones by default.")] = None,
) -> None:
    """Prune a trained network, train it on, share its weights and write its small file; minutes."""
    from aecore.compression import small_nets
    from aecore.compression.small_nets import BITS, NETWORKS, SPARSITIES, Level
    from aecore.data import load_digits

    for value, allowed in ((name, NETWORKS), (sparsity, SPARSITIES.get(name, ())), (bits, BITS)):
        if value not in allowed:
            raise typer.BadParameter(f"choose one of {', '.join(map(str, allowed))}, not {value}")
    level = Level(sparsity, bits)
    path = out or small_nets.path_of(name, level)
    checkpoints.check_writable(path)
    data = small_nets.shrink(name, load_digits("train"), level, seed, screen.say)
    storage.write_whole(path, data)
    screen.say(f"saved {path.name} ({len(data) / 1e3:.1f} kB)")
