"""The command that makes the latent maps: map."""

from typing import Annotated

import typer

from aecore import checkpoints, storage
from aecore.cli import screen
from aecore.maps import shipped

app = typer.Typer()


@app.command("map")
def make_map(
    name: Annotated[str | None, typer.Argument(help="Which map; one of: " + ", ".join(shipped.RECIPES))] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every map, one after the other.")] = False,
) -> None:
    """Lay the test digits out in two dimensions again, measure the map and save it."""
    if everything == (name is not None):
        raise typer.BadParameter("give a name, or --all")
    if name is not None and name not in shipped.RECIPES:
        raise typer.BadParameter(f"there is no map '{name}'; choose one of: {', '.join(shipped.RECIPES)}")
    names = list(shipped.RECIPES) if everything else [name]
    for name in names:
        checkpoints.check_writable(shipped.folder() / f"{name}.safetensors")
    storage.clear_leftovers(shipped.folder())
    for name in names:
        with screen.progress() as bar:
            task = bar.add_task(name, total=1.0, info="")
            for share, phase in shipped.make(name):
                bar.update(task, completed=share, info=phase)
        screen.print_metrics(name, shipped.load(name).metrics)
