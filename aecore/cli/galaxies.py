"""The command that walks from one galaxy to another: galaxies."""

from typing import Annotated

import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination

app = typer.Typer()
ONE = "A picture file, or the number of a test galaxy, 0 to 187."


@app.command()
def galaxies(
    a: Annotated[str, typer.Argument(metavar="A", help=ONE)],
    b: Annotated[str, typer.Argument(metavar="B", help=ONE)],
    out: Annotated[
        Destination,
        typer.Option("--out", "-o", parser=paths.picture, metavar="FILE", help="Where the walk goes, side by side."),
    ],
    steps: Annotated[int, typer.Option(help="Pictures on the way, the two ends included.", min=2, max=64)] = 8,
) -> None:
    """Walk from one galaxy to another through 50 numbers, and say what a classifier sees on the way."""
    sources = [int(text) if text.isdecimal() and text.isascii() else paths.source(text) for text in (a, b)]
    if any(isinstance(one, int) and one > 187 for one in sources):
        raise typer.BadParameter("test galaxies have the numbers 0 to 187")
    from PIL import Image

    from aecore.data.galaxies import STRETCH
    from aecore.galaxies.walk import galaxy_kinds, galaxy_walk
    from aecore.pictures.io import png

    ends = [one if isinstance(one, int) else one.read() for one in sources]
    x = galaxy_walk(*ends, steps=steps)
    screen.say(", ".join(kind.replace("_", " ") for kind in galaxy_kinds(x)))
    sheet = (x * STRETCH).clamp(0, 1).permute(2, 0, 3, 1).flatten(1, 2)  # (H, steps W, 3)
    out.write(png(Image.fromarray((sheet * 255 + 0.5).byte().numpy())))
    screen.say(f"the walk, {STRETCH:g} times brighter: {out}")
