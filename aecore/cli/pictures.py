"""Commands that take a picture: reconstruct, denoise, restore, inpaint, guess, upscale."""

from typing import TYPE_CHECKING, Annotated

import torch
import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination, Source
from aecore.errors import AecoreError

if TYPE_CHECKING:
    from torch import Tensor

    from aecore.intake.files import Digit

app = typer.Typer()

_Digits = Annotated[
    Source, typer.Argument(parser=paths.source, metavar="PICTURE", help="A picture with digits; - is standard input.")
]
_Out = Annotated[
    Destination,
    typer.Option("--out", "-o", parser=paths.picture, metavar="FILE", help="Where the PNG goes; - is standard output."),
]


@app.command()
def reconstruct(
    name: Annotated[str, typer.Argument(help="Which checkpoint; see `list`.")],
    picture: _Digits,
    out: _Out = "recon.png",
) -> None:
    """Find the digits of a picture and write what the model makes of them: above the input, below the output."""
    from aecore.engine import get_engine

    out.must_not_be(picture)
    engine = get_engine()
    if not hasattr(engine.model(name), "decode"):
        raise AecoreError(f"{name} is no autoencoder. Choose one (see `list`), or use inpaint, upscale or denoise.")
    digits = _digits(picture)
    x = torch.cat([digit.x for digit in digits])
    y = engine.classify(x).argmax(1) if engine.takes_label(name) else None
    out.write(_rows([x, engine.reconstruct(name, x, y=y)]))
    screen.say(f"{_count(len(digits))}: input above, {name} below, in {out}")


@app.command()
def denoise(
    picture: Annotated[
        Source,
        typer.Argument(
            parser=paths.source,
            metavar="PICTURE",
            help="Any picture; above 4 megapixels it is reduced; - is standard input.",
        ),
    ],
    out: _Out = "clean.png",
) -> None:
    """Clean a drawing, a scan or a photograph of noise; it comes back at its own size, mode and depth, without EXIF."""
    from aecore.pictures.denoise import denoise as clean_tiles
    from aecore.pictures.io import read_photo
    from aecore.pictures.noise import judge_result

    out.must_not_be(picture)
    photo = read_photo(picture.read())
    step = None
    with screen.progress() as bar:
        task = bar.add_task("photo", total=1.0, info="")
        for step in clean_tiles(photo.pixels):
            bar.update(task, completed=step.done / step.total, info=f"tile {step.done} of {step.total}")
    out.write(photo.png(step.recon))
    for note in photo.notes:
        screen.say(note)
    screen.say(f"{photo.size[0]} x {photo.size[1]} pixels in {out} after {step.seconds:.1f} s")
    screen.say(judge_result(photo.pixels, step.recon).sentence)


@app.command()
def restore(
    picture: Annotated[
        Source,
        typer.Argument(
            parser=paths.source, metavar="PICTURE", help="A photo of a page of digits; - is standard input."
        ),
    ],
    name: Annotated[str, typer.Option("--model", "-m", help="Which checkpoint restores the digits.")] = "dae",
    clean_paper: Annotated[bool, typer.Option("--clean-paper", help="Also clean the paper between them.")] = False,
    out: _Out = "restored.png",
) -> None:
    """Find the digits of a page, restore each, and put it back in its place in the photo."""
    from aecore.engine import get_engine
    from aecore.pictures import pages

    out.must_not_be(picture)
    engine = get_engine()
    if not hasattr(engine.model(name), "decode"):
        raise AecoreError(f"{name} makes no digits from digits. Choose an autoencoder, such as dae; see `list`.")
    with screen.progress() as bar:
        task = bar.add_task(name, total=1.0, info="")
        page = pages.restore_page(
            picture.read(), name, clean_paper=clean_paper, engine=engine,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    out.write(page.photo.png())
    for note in page.notes:
        screen.say(note)
    reads = "".join(str(int(y)) for y in engine.classify(torch.cat([digit.recon for digit in page.digits])).argmax(1))
    screen.say(f"{_count(len(page.digits))} in {out}; the judge reads {reads}")


@app.command()
def inpaint(
    picture: _Digits,
    kind: Annotated[str | None, typer.Option("--mask", help="patch (unless given), dropout, half or stripes.")] = None,
    painted: Annotated[
        Source | None,
        typer.Option(
            "--mask-picture",
            parser=paths.source,
            metavar="PICTURE",
            help="White where pixels are missing; painted over the picture, or 28 x 28.",
        ),
    ] = None,
    strength: Annotated[float | None, typer.Option(help="How much is missing, from 0 to 1.", min=0, max=1)] = None,
    center: Annotated[
        tuple[float, float] | None, typer.Option(help="Of the patch, each from 0 to 1; the middle unless given.")
    ] = None,
    side: Annotated[str | None, typer.Option(help="Which half: top (unless given), bottom, left or right.")] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method", "-m", help="dae, dae-pasted, vae-search, inpainter, telea, navier_stokes or biharmonic."
        ),
    ] = "inpainter",
    seed: Annotated[int, typer.Option(help="Of the mask, and of the latent search.", min=0, max=2**63 - 1)] = 0,
    out: _Out = "inpainted.png",
) -> None:
    """Fill holes in digits; three rows: the digits, what is left of them, and the filling."""
    from aecore.intake.decode import size_of
    from aecore.restore import inpainting, masks

    if painted is not None and (kind, strength, center, side) != (None, None, None, None):
        raise typer.BadParameter("--mask-picture says what is missing: leave --mask, --strength, --center, --side out")
    kind = kind or "patch"
    for name, known in ((kind, masks.MASKS), (side or "top", masks.SIDES), (method, inpainting.METHODS)):
        if name not in known:
            raise typer.BadParameter(f"there is no '{name}'; choose one of: {', '.join(known)}")
    if center is not None and not (masks.MASKS[kind].movable and all(0 <= place <= 1 for place in center)):
        raise typer.BadParameter("--center is of a patch, two numbers from 0 to 1")
    if side is not None and not masks.MASKS[kind].sided:
        raise typer.BadParameter("--side is of a half: add --mask half, or leave it out")
    out.must_not_be(picture)
    data = picture.read()
    digits = _digits(picture, data)
    x, rng = torch.cat([digit.x for digit in digits]), torch.Generator().manual_seed(seed)
    if painted is None:
        mask = masks.make(kind, x, strength, rng, center or (0.5, 0.5), side or "top")
    else:
        out.must_not_be(painted)
        mask = masks.for_digits(painted.read(), digits, size_of(data))
    left = masks.hide(x, mask, masks.MASKS[kind].fill)
    out.write(_rows([x, left, inpainting.inpaint(x, mask, method, rng, kind)]))
    label = inpainting.METHODS[method].label
    screen.say(f"{_count(len(digits))}: whole, with the hole, filled by {label}, in {out}")


@app.command()
def guess(
    picture: _Digits,
    share: Annotated[float, typer.Option(help="Of the 49 patches that are hidden, from 0 to 1.", min=0, max=1)] = 0.75,
    way: Annotated[str, typer.Option(help="random, or block for one piece.")] = "random",
    seed: Annotated[int, typer.Option(help="Of what is hidden.", min=0, max=2**63 - 1)] = 0,
    out: _Out = "guessed.png",
) -> None:
    """Hide patches of digits, and guess them from the others; three rows: whole, what is seen, the guess."""
    from aecore.masking import patches
    from aecore.masking.guess import guess as guess_patches

    if way not in patches.WAYS:
        raise typer.BadParameter(f"there is no way '{way}'; choose one of: {', '.join(patches.WAYS)}")
    out.must_not_be(picture)
    x = torch.cat([digit.x for digit in _digits(picture)])
    made = guess_patches(x, share, way, torch.Generator().manual_seed(seed))
    out.write(_rows([x, x * (1 - made.mask), made.recon]))
    screen.say(f"{_count(len(x))}: whole, {1 - float(made.mask.mean()):.0%} of the patches, and the guess, in {out}")


@app.command()
def upscale(
    picture: _Digits,
    side: Annotated[int, typer.Option(help="Pixels a side that are left of 28, such as 7 or 14.")] = 7,
    out: _Out = "upscaled.png",
) -> None:
    """Find the digits of a picture, average them to few pixels, and enlarge these again by every method at hand."""
    from aecore.engine import get_engine
    from aecore.restore import upscaling
    from aecore.restore.compare import compare_upscaling

    out.must_not_be(picture)
    sides = upscaling.sides(get_engine())
    if side not in sides:
        raise typer.BadParameter(f"--side is one of: {', '.join(map(str, sides))}")
    digits = _digits(picture)
    comparisons = [compare_upscaling(digit.x, side) for digit in digits]
    answers = zip(*(comparison.methods for comparison in comparisons), strict=True)
    rows = [[comparison.clean for comparison in comparisons], *answers]
    table = screen.table("row of the picture", "PSNR, dB", "SSIM", "the judge reads")
    for row in rows:
        psnr, ssim = (torch.tensor([getattr(answer, name) for answer in row]).mean() for name in ("psnr", "ssim"))
        numbers = ("", "") if row is rows[0] else (f"{psnr:.1f}", f"{ssim:.2f}")
        reads = " ".join("-" if answer.reads is None else str(answer.reads) for answer in row)
        table.add_row(row[0].label, *numbers, reads)
    out.write(_rows([torch.cat([answer.x for answer in row]) for row in rows]))
    screen.console.print(table)
    for reason in comparisons[0].problems.values():
        screen.say(reason, style="yellow")
    screen.say(f"{_count(len(digits))}, from {side} x {side} pixels each, in {out}")


def _digits(picture: Source, data: bytes | None = None) -> "list[Digit]":
    """The digits of a picture; what is to be known of how it was read is said."""
    from aecore.intake import files

    digits = files.digits_from_bytes(picture.read() if data is None else data)
    for note in dict.fromkeys(note for digit in digits for note in digit.notes):
        screen.say(note)
    return digits


def _rows(rows: "list[Tensor]") -> bytes:
    """Rows of digits, (N, 1, 28, 28) each, one below the other, as a PNG of four times the size."""
    from aecore.latent import samples

    x = torch.cat(rows)[:, 0].mul(255).round().byte()  # (rows N, 28, 28)
    return samples.sheet(x.numpy(), len(rows[0]), scale=4)


def _count(n: int) -> str:
    return f"{n:,} digit{'s' * (n != 1)}"
