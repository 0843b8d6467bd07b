"""The command that writes digits: generate."""

from typing import Annotated

import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination

app = typer.Typer()


@app.command()
def generate(
    text: Annotated[str, typer.Argument(help='A number, or "a thick slanted seven".')] = "0123456789",
    name: Annotated[
        str, typer.Option("--model", "-m", help="A conditional checkpoint; with --samples any that draws from noise.")
    ] = "cvae",
    temperature: Annotated[
        float, typer.Option(help="How far from the average style; 1 is the prior.", min=0, max=10)
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the style, or of the samples.", min=0, max=2**63 - 1)] = 0,
    samples: Annotated[int | None, typer.Option(help="So many digits of these classes, each in its own style.")] = None,
    out: Annotated[
        Destination,
        typer.Option(
            "--out",
            "-o",
            parser=paths.digits,
            metavar="FILE",
            help="A .png (- is standard output), a .zip of PNGs with labels, or a folder for an IDX pair.",
        ),
    ] = "generated.png",
) -> None:
    """Write digits in one style, or as many samples as you like, for MNIST's readers too."""
    from aecore.engine import get_engine
    from aecore.gans.measures import SURE
    from aecore.latent import prompts
    from aecore.latent.samples import MOST, idx_pair, knows_styles, png_zip, sheet, write

    if samples is None and out.kind != paths.PNG:
        raise typer.BadParameter("one number becomes a .png; with --samples also a .zip, or a folder for an IDX pair")
    if samples is not None and not 1 <= samples <= MOST:
        raise typer.BadParameter(f"--samples goes from 1 to {MOST:,}")
    asked = prompts.parse(text)
    if not asked.glyphs:
        raise typer.BadParameter(f"no digit found in '{text}'; name one, as in: a thin upright 3")
    engine = get_engine()
    model = engine.model(name)
    if not hasattr(model, "sample"):
        raise typer.BadParameter(f"{name} draws nothing; choose a conditional model, such as cvae")
    if tuple(model.config.image_shape) != (1, 28, 28):
        raise typer.BadParameter(f"{name} draws no digits; galaxies come by the command draw-galaxies")
    if not model.takes_label and samples is None:
        raise typer.BadParameter(f"{name} is not told the class: say --samples, or choose a conditional model, as cvae")
    if not knows_styles(model) and any(glyph.style for glyph in asked.glyphs):
        screen.say(f"{name} knows no styles: those that were asked for are left out.")
    for note in asked.notes:
        screen.say(note)
    n = samples or len(asked.glyphs)
    if n < len(asked.glyphs):
        screen.say(f"--samples {n} leaves out all but the first {n} of the {len(asked.glyphs)} digits.")
    with screen.progress() as bar:
        task = bar.add_task(name, total=1.0, info="")
        drawn = write(
            engine, name, asked, seed, temperature, samples,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    if out.kind == paths.FOLDER:
        out.write_folder(idx_pair(drawn))
    elif out.kind == paths.ZIP:
        out.write(png_zip(drawn))
    else:
        out.write(sheet(drawn.x, n if samples is None else min(n, 50), scale=4))
    agreed, sure = int((drawn.reads == drawn.y).sum()), int((drawn.sure > SURE).sum())
    judged = f"reads {agreed:,} as asked" if model.takes_label else f"is sure of {sure:,}"
    screen.say(f"{n:,} digit{'s' * (n != 1)} in {out}; the judge {judged}")
