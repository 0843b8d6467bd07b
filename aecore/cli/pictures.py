"""Commands that take a picture: reconstruct, denoise, restore, inpaint, upscale."""

from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.table import Table

from aecore.cli.screen import console, progress, write
from aecore.errors import AecoreError

app = typer.Typer()


@app.command()
def reconstruct(
    name: Annotated[str, typer.Argument(help="Which checkpoint; see `list`.")],
    picture: Annotated[Path, typer.Argument(help="A picture with one or more digits.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("recon.png"),
) -> None:
    """Find the digits of a picture and write what the model makes of them: above the input, below the output."""
    from PIL import Image

    from aecore.engine import get_engine
    from aecore.intake import files

    engine = get_engine()
    if not hasattr(engine.model(name), "decode"):
        raise AecoreError(f"{name} is no autoencoder. Choose one (see `list`), or use inpaint, upscale or denoise.")
    digits = files.digits_from_bytes(picture.read_bytes())
    x = torch.cat([digit.x for digit in digits])
    y = engine.classify(x).argmax(1) if engine.takes_label(name) else None
    rows = torch.stack([x, engine.reconstruct(name, x, y=y)])  # (2, N, 1, 28, 28)
    pixels = rows.squeeze(2).permute(0, 2, 1, 3).reshape(56, -1).mul(255).round().byte().numpy()
    try:
        Image.fromarray(pixels).resize((pixels.shape[1] * 4, pixels.shape[0] * 4), Image.Resampling.NEAREST).save(out)
    except (OSError, ValueError) as error:
        raise AecoreError(f"{out} could not be written ({error}). Choose another place, ending in .png.") from error
    console.print(f"{len(digits)} digit{'s' * (len(digits) != 1)}: input above, {name} below, in {out}")


@app.command()
def denoise(
    picture: Annotated[Path, typer.Argument(help="Any picture of up to 4 megapixels.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("clean.png"),
) -> None:
    """Clean a drawing, a scan or a photograph of noise; it comes back at its own size and mode, without EXIF."""
    from aecore.pictures.denoise import denoise as clean_tiles
    from aecore.pictures.io import png, read_photo
    from aecore.pictures.noise import judge_result

    photo = read_photo(picture.read_bytes())
    step = None
    with progress() as bar:
        task = bar.add_task("photo", total=1.0, info="")
        for step in clean_tiles(photo.pixels):
            bar.update(task, completed=step.done / step.total, info=f"tile {step.done} of {step.total}")
    write(out, png(photo.image(step.recon)))
    for note in photo.notes:
        console.print(note)
    console.print(f"{photo.size[0]} x {photo.size[1]} pixels in {out} after {step.seconds:.1f} s")
    console.print(judge_result(photo.pixels, step.recon).sentence)


@app.command()
def restore(
    picture: Annotated[Path, typer.Argument(help="A photo of a page of digits.", exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option("--model", "-m", help="Which checkpoint restores the digits.")] = "dae",
    clean_paper: Annotated[bool, typer.Option("--clean-paper", help="Also clean the paper between them.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("restored.png"),
) -> None:
    """Find the digits of a page, restore each, and put it back in its place in the photo."""
    from aecore.engine import get_engine
    from aecore.pictures import pages
    from aecore.pictures.io import png

    engine = get_engine()
    if not hasattr(engine.model(name), "decode"):
        raise AecoreError(f"{name} makes no digits from digits. Choose an autoencoder, such as dae; see `list`.")
    with progress() as bar:
        task = bar.add_task(name, total=1.0, info="")
        page = pages.restore_page(
            picture.read_bytes(), name, clean_paper=clean_paper, engine=engine,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    write(out, png(page.image))
    for note in page.notes:
        console.print(note)
    reads = "".join(str(int(y)) for y in engine.classify(torch.cat([each.recon for each in page.digits])).argmax(1))
    console.print(f"{len(page.digits)} digit{'s' * (len(page.digits) != 1)} in {out}; the judge reads {reads}")


@app.command()
def inpaint(
    picture: Annotated[Path, typer.Argument(help="A picture with one or more digits.", exists=True, dir_okay=False)],
    kind: Annotated[str, typer.Option("--mask", help="patch, dropout, half or stripes.")] = "patch",
    painted: Annotated[
        Path | None,
        typer.Option("--mask-picture", help="White where pixels are missing; as large as the picture, or as a digit."),
    ] = None,
    strength: Annotated[float | None, typer.Option(help="How much is missing, from 0 to 1.", min=0, max=1)] = None,
    center: Annotated[tuple[float, float], typer.Option(help="Of the patch, each from 0 to 1.")] = (0.5, 0.5),
    side: Annotated[str, typer.Option(help="Which half: top, bottom, left or right.")] = "top",
    method: Annotated[
        str,
        typer.Option(
            "--method", "-m", help="dae, dae-pasted, vae-search, inpainter, telea, navier_stokes or biharmonic."
        ),
    ] = "inpainter",
    seed: Annotated[int, typer.Option(help="Of the mask, and of the latent search.")] = 0,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("inpainted.png"),
) -> None:
    """Fill holes in digits; three rows: the digits, what is left of them, and the filling."""
    import io

    from PIL import Image

    from aecore.intake import files
    from aecore.restore import inpainting, masks

    for name, known in ((kind, masks.MASKS), (side, masks.SIDES), (method, inpainting.METHODS)):
        if name not in known:
            raise typer.BadParameter(f"there is no '{name}'; choose one of: {', '.join(known)}")
    data = picture.read_bytes()
    digits = files.digits_from_bytes(data)
    x, rng = torch.cat([digit.x for digit in digits]), torch.Generator().manual_seed(seed)
    if painted is None:
        mask = masks.make(kind, x, strength, rng, center, side)
    else:
        kind, sizes, whole = "patch", [], painted.read_bytes()
        for each in (data, whole):
            with files.open_picture(each) as opened:
                sizes.append(opened.size)
        alike = sizes[0] == sizes[1]
        mask = torch.cat([masks.from_picture(whole, digit.frame if alike else None) for digit in digits])
    left = masks.hide(x, mask, masks.MASKS[kind].fill)
    rows = torch.stack([x, left, inpainting.inpaint(x, mask, method, rng, kind)])  # (3, N, 1, 28, 28)
    pixels = rows.squeeze(2).permute(0, 2, 1, 3).reshape(84, -1).mul(255).round().byte().numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels.repeat(4, 0).repeat(4, 1)).save(buffer, "PNG")
    write(out, buffer.getvalue())
    label = inpainting.METHODS[method].label
    console.print(f"{len(digits)} digit{'s' * (len(digits) != 1)}: whole, with the hole, filled by {label}, in {out}")


@app.command()
def upscale(
    picture: Annotated[Path, typer.Argument(help="A picture with one or more digits.", exists=True, dir_okay=False)],
    side: Annotated[int, typer.Option(help="Pixels a side that are left of 28, such as 7 or 14.")] = 7,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("upscaled.png"),
) -> None:
    """Find the digits of a picture, average them to few pixels, and enlarge these again by every method at hand."""
    from aecore.engine import get_engine
    from aecore.intake import files
    from aecore.latent import samples
    from aecore.restore import upscaling

    sides = upscaling.sides(get_engine())
    if side not in sides:
        raise typer.BadParameter(f"--side is one of: {', '.join(map(str, sides))}")
    digits = files.digits_from_bytes(picture.read_bytes())
    found = [upscaling.compare(get_engine(), digit.x, side) for digit in digits]
    rows = [[each.truth for each in found], *zip(*(each.answers for each in found), strict=True)]
    table = Table("row of the picture", "PSNR, dB", "SSIM", "the judge reads")
    for row in rows:
        psnr, ssim = (torch.tensor([getattr(each, name) for each in row]).mean() for name in ("psnr", "ssim"))
        numbers = ("", "") if row is rows[0] else (f"{psnr:.1f}", f"{ssim:.2f}")
        table.add_row(row[0].label, *numbers, " ".join("-" if each.reads is None else str(each.reads) for each in row))
    x = torch.cat([each.x for row in rows for each in row])
    try:
        out.write_bytes(samples.sheet((x[:, 0] * 255).round().byte().numpy(), len(digits), scale=4))
    except OSError as error:
        raise AecoreError(f"{out} could not be written ({error}). Choose another place.") from error
    console.print(table)
    for reason in found[0].problems.values():
        console.print(f"[yellow]{reason}[/yellow]")
    console.print(f"{len(digits)} digit{'s' * (len(digits) != 1)}, from {side} x {side} pixels each, in {out}")
