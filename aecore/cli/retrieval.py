"""Commands that look digits up: search, and index, which makes what is searched."""

from typing import Annotated

import torch
import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Source

app = typer.Typer()


@app.command()
def search(
    picture: Annotated[
        Source, typer.Argument(parser=paths.source, metavar="PICTURE", help="With digits; - is standard input.")
    ],
    bits: Annotated[int, typer.Option(help="Of the code: 16, 32 or 64.")] = 64,
    k: Annotated[int, typer.Option("--hits", min=1, max=1000, help="How many for each digit.")] = 10,
) -> None:
    """Find the training digits that are most like each digit of a picture, by a few bits."""
    from aecore.intake.files import digits_from_bytes
    from aecore.retrieval import base

    if bits not in base.LENGTHS:
        raise typer.BadParameter(f"choose {', '.join(map(str, base.LENGTHS))} bits")
    digits = digits_from_bytes(picture.read())
    for note in dict.fromkeys(note for digit in digits for note in digit.notes):
        screen.say(note)
    for number, hits in enumerate(base.search(torch.cat([digit.x for digit in digits]), k, bits), 1):
        table = screen.table("training digit", "class", "bits that differ", name=f"digit {number}")
        for place, y, distance in zip(hits.places, hits.y, hits.distance, strict=True):
            table.add_row(f"{place:,}", str(y), str(distance))
        screen.console.print(table)


@app.command()
def index() -> None:
    """Encode the 60,000 training digits again and save their codes, as after the network was trained anew."""
    from aecore.engine import get_engine
    from aecore.retrieval import base

    path = base.save(base.make(get_engine()))
    screen.say(f"saved {path.name} ({path.stat().st_size / 1e3:.0f} kB)")
