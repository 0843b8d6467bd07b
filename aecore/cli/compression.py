"""Commands that make digits small: compress, decompress, and tables, which counts what both need."""

from typing import Annotated

import torch
import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination, Source

COLUMNS = 20  # digits side by side

app = typer.Typer()


@app.command()
def compress(
    picture: Annotated[
        Source, typer.Argument(parser=paths.source, metavar="PICTURE", help="With digits; - is standard input.")
    ],
    out: Annotated[
        Destination,
        typer.Option("--out", "-o", parser=paths.compressed, metavar="FILE", help="An .aec; - is standard output."),
    ] = "digits.aec",
    step: Annotated[float, typer.Option(help="Of the rounding, 0.16 (fine) to 5 (coarse).")] = 0.25,
    network: Annotated[str, typer.Option(help="compress, ae-conv or vae.")] = "compress",
) -> None:
    """Write the digits of a picture as a few bytes each."""
    from aecore import metrics
    from aecore.compression import codes, container
    from aecore.intake.files import digits_from_bytes

    if network not in codes.NETWORKS:
        raise typer.BadParameter(f"choose one of {', '.join(codes.NETWORKS)}")
    if not codes.FINEST <= step <= codes.COARSEST:
        raise typer.BadParameter(f"the step must lie between {codes.FINEST} and {codes.COARSEST}")
    out.must_not_be(picture)
    digits = digits_from_bytes(picture.read())
    for note in dict.fromkeys(note for digit in digits for note in digit.notes):
        screen.say(note)
    x = torch.cat([digit.x for digit in digits])
    data = container.compress(x, network, step)
    out.write(data)
    head, psnr = container.HEADER.size, float(metrics.psnr(x, container.decompress(data)).mean())
    count = f"{len(x)} digit{'s' * (len(x) > 1)}"
    screen.say(f"{count} in {len(data) - head} bytes and {head} of a head, {psnr:.1f} dB, in {out}")


@app.command()
def decompress(
    file: Annotated[Source, typer.Argument(parser=paths.source, metavar="FILE", help="An .aec; - is standard input.")],
    out: Annotated[
        Destination,
        typer.Option("--out", "-o", parser=paths.picture, metavar="FILE", help="A PNG; - is standard output."),
    ] = "digits.png",
) -> None:
    """Draw the digits of a compressed file, side by side."""
    from aecore.compression import container
    from aecore.latent.samples import sheet

    out.must_not_be(file)
    x = container.decompress(file.read())
    out.write(sheet(x[:, 0].mul(255).round().byte().numpy(), min(len(x), COLUMNS), scale=4))
    screen.say(f"{len(x)} digit{'s' * (len(x) > 1)} in {out}")


@app.command()
def tables() -> None:
    """Count again how often each symbol occurs in the training digits, as after a network was trained anew."""
    from aecore.compression import codes
    from aecore.engine import get_engine

    engine = get_engine()
    for name in (*codes.NETWORKS, codes.PCA):
        path = codes.save(engine, codes.make(engine, name))
        screen.say(f"saved {path.name} ({path.stat().st_size / 1e3:.0f} kB)")
