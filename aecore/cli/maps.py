"""The command that makes the latent maps: map."""

from typing import Annotated

import typer

from aecore.cli.screen import print_metrics, progress
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
    for each in shipped.RECIPES if everything else [name]:
        with progress() as bar:
            task = bar.add_task(each, total=1.0, info="")
            for share, phase in shipped.make(each):
                bar.update(task, completed=share, info=phase)
        print_metrics(each, shipped.load(each).metrics)
