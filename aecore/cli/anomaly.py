"""The command that says how odd a picture's digits are: anomaly."""

from typing import Annotated

import torch
import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination, Source

app = typer.Typer()
SCALE = 8  # of a saved heat map's pixels


@app.command()
def anomaly(
    picture: Annotated[
        Source, typer.Argument(parser=paths.source, metavar="PICTURE", help="With digits; - is standard input.")
    ],
    normal: Annotated[str, typer.Option(help='What is normal: "digits", or a class from 0 to 9.')] = "digits",
    out: Annotated[
        Destination | None,
        typer.Option("--out", "-o", parser=paths.picture, metavar="FILE", help="Where a heat map of the error goes."),
    ] = None,
) -> None:
    """Say how odd each digit of a picture is, by every score, and how many normal digits score less."""
    from aecore.anomaly import normal as known
    from aecore.anomaly import rank
    from aecore.engine import get_engine
    from aecore.intake.files import digits_from_bytes
    from aecore.latent import samples

    if normal not in known.NORMALS:
        raise typer.BadParameter("choose digits, or a class from 0 to 9")
    engine, chosen = get_engine(), known.Normal(normal)
    digits = digits_from_bytes(picture.read())
    for note in dict.fromkeys(note for digit in digits for note in digit.notes):
        screen.say(note)
    x = torch.cat([digit.x for digit in digits])  # (N, 1, 28, 28)
    recon = known.redraw(engine, chosen, x)
    marks, usual = known.measure(engine, chosen, x, recon), rank.distributions(chosen)
    for number in range(len(x)):
        table = screen.table("score", "value", "normal digits below", name=f"digit {number + 1}")
        for key, values in marks.items():
            value = float(values[number])
            table.add_row(known.NAMES[key], f"{value:.4g}", f"{rank.share_below(value, usual[key]):.1f} %")
        screen.console.print(table)
    if out is not None:
        rows = torch.cat([x, recon[chosen.first], (x - recon[chosen.first]).abs().clamp(max=1)])
        out.write(samples.sheet(rows[:, 0].mul(255).round().byte().numpy(), len(x), scale=SCALE))
        screen.say(f"the digits, redrawn, and where they differ: {out}")
