"""The commands that make galaxies: galaxies, a walk between two, and draw-galaxies, out of nothing."""

from typing import TYPE_CHECKING, Annotated

import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination

if TYPE_CHECKING:
    from torch import Tensor

app = typer.Typer()
KINDS = ("barred-spiral", "elliptical", "spiral", "edge-on")  # aecore.data.galaxies.CLASSES, whose import brings torch
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
    from aecore.data.galaxies import STRETCH
    from aecore.galaxies.walk import galaxy_kinds, galaxy_walk

    ends = [one if isinstance(one, int) else one.read() for one in sources]
    x = galaxy_walk(*ends, steps=steps)
    screen.say(", ".join(kind.replace("_", " ") for kind in galaxy_kinds(x)))
    out.write(_sheet(x))
    screen.say(f"the walk, {STRETCH:g} times brighter: {out}")


@app.command("draw-galaxies")
def draw_galaxies(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.")],
    out: Annotated[
        Destination,
        typer.Option("--out", "-o", parser=paths.picture, metavar="FILE", help="Where they go, side by side."),
    ],
    count: Annotated[int, typer.Option(help="How many.", min=1, max=64)] = 8,
    seed: Annotated[int, typer.Option(help="Of the noise.", min=0, max=2**63 - 1)] = 0,
) -> None:
    """Draw galaxies of a kind, 64 x 64, that never were; say how many a classifier names so."""
    if kind not in KINDS:
        raise typer.BadParameter(f"there is no kind '{kind}'; choose one of: {', '.join(KINDS)}")
    import torch

    from aecore.data.galaxies import STRETCH
    from aecore.engine import get_engine
    from aecore.galaxies import drawn

    x, named = drawn.draw(get_engine(), KINDS.index(kind), count, torch.Generator().manual_seed(seed))
    out.write(_sheet(x))
    screen.say(f"{named} of {count} named {kind}; {STRETCH:g} times brighter: {out}")


def _sheet(x: "Tensor") -> bytes:
    """Pictures (N, 3, H, W) side by side, brighter, as a PNG."""
    from PIL import Image

    from aecore.data.galaxies import STRETCH
    from aecore.pictures.io import png

    sheet = (x * STRETCH).clamp(0, 1).permute(2, 0, 3, 1).flatten(1, 2)  # (H, N W, 3)
    return png(Image.fromarray((sheet * 255 + 0.5).byte().numpy()))
