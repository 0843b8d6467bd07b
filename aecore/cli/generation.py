"""The command that writes digits: generate."""

from pathlib import Path
from typing import Annotated

import torch
import typer

from aecore.cli.screen import console, progress
from aecore.errors import AecoreError

app = typer.Typer()


@app.command()
def generate(
    text: Annotated[str, typer.Argument(help='A number, or "a thick slanted seven".')] = "0123456789",
    name: Annotated[str, typer.Option("--model", "-m", help="A conditional checkpoint.")] = "cvae",
    temperature: Annotated[float, typer.Option(help="How far from the average style; 1 is the prior.", min=0)] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the style, or of the samples.")] = 0,
    samples: Annotated[int | None, typer.Option(help="So many digits of these classes, each in its own style.")] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A .png, a .zip of PNGs with labels, or a folder for an IDX pair.")
    ] = Path("generated.png"),
) -> None:
    """Write digits in one style, or as many samples as you like, for MNIST's readers too."""
    from aecore.engine import get_engine
    from aecore.latent import prompts
    from aecore.latent import samples as batches
    from aecore.latent.styles import directions

    engine = get_engine()
    if not engine.takes_label(name):
        raise typer.BadParameter(f"{name} is not told the class; choose a conditional model, such as cvae")
    asked = prompts.parse(text)
    if not asked.glyphs:
        raise typer.BadParameter(f"no digit found in '{text}'; name one, as in: a thin upright 3")
    for word, known in asked.ignored:
        console.print(f"not understood: {word}" + (f" (did you mean {known}?)" if known else ""))
    if samples is None and out.suffix != ".png":
        raise typer.BadParameter("one number becomes a .png; with --samples also a .zip, or a folder for an IDX pair")
    if samples is not None and not 1 <= samples <= batches.MOST:
        raise typer.BadParameter(f"--samples goes from 1 to {batches.MOST:,}")
    n = samples or len(asked.glyphs)
    steps = torch.stack([directions(engine, name).step(glyph.style) for glyph in asked.glyphs])
    turn = torch.arange(n) % len(asked.glyphs)
    y, rng = torch.tensor([glyph.digit for glyph in asked.glyphs])[turn], torch.Generator().manual_seed(seed)
    with progress() as bar:
        task = bar.add_task(name, total=1.0, info="")
        found = batches.draw(
            engine, name, y, rng, temperature, steps[turn], shared=samples is None,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    try:
        if out.suffix == ".png":
            out.write_bytes(batches.sheet(found.x, n if samples is None else min(n, 50), scale=4))
        elif out.suffix == ".zip":
            out.write_bytes(batches.png_zip(found))
        else:
            out.mkdir(parents=True, exist_ok=True)
            for file, data in batches.idx_pair(found).items():
                (out / file).write_bytes(data)
    except OSError as error:
        raise AecoreError(f"{out} could not be written ({error}). Choose another place.") from error
    agreed = int((found.reads == found.y).sum())
    console.print(f"{n:,} digit{'s' * (n != 1)} in {out}; the judge reads {agreed:,} as asked")
