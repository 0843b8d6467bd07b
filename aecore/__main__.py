"""The command line: python -m aecore COMMAND; `python -m aecore --help` names them all."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from aecore import checkpoints, evaluation, projections
from aecore.checkpoints import Card, Metric
from aecore.data import DATASETS, load
from aecore.engine import pick_device
from aecore.errors import AecoreError
from aecore.models import build
from aecore.recipes import RECIPES, Recipe
from aecore.training import fit, has_fast_bfloat16

app = typer.Typer(
    help="Train, measure and use the autoencoders of the lab.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = Console()


@app.command()
def train(
    name: Annotated[str | None, typer.Argument(help="Which recipe; see `list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every recipe, one after the other.")] = False,
    epochs: Annotated[int | None, typer.Option(help="Another number of epochs than the recipe's.", min=1)] = None,
    dataset: Annotated[str | None, typer.Option(help=f"Other digits: one of {', '.join(DATASETS)}.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the checkpoint.")] = None,
    fresh: Annotated[bool, typer.Option(help="Start over, even if an interrupted training is there.")] = False,
) -> None:
    """Train a model, measure it on the test digits and save the checkpoint; go on where Ctrl-C stopped it."""
    if everything == (name is not None):
        raise typer.BadParameter("give a name, or --all")
    if dataset is not None and dataset not in DATASETS:
        raise typer.BadParameter(f"there is no data set '{dataset}'; choose one of: {', '.join(DATASETS)}")
    # the judge first: the conditional models are measured with it
    todo = sorted(RECIPES, key=lambda key: key != "judge") if everything else [_known(name)]
    for place, each in enumerate(todo):
        recipe = replace(RECIPES[each], epochs=epochs or RECIPES[each].epochs)
        if dataset is not None:
            if recipe.dataset not in DATASETS:
                raise typer.BadParameter(f"{each} learns from {recipe.dataset}, not from digits: leave --dataset out")
            recipe = replace(recipe, dataset=dataset)
        try:
            _train_one(each, recipe, out or checkpoints.folder(), fresh)
        except KeyboardInterrupt:
            later = "".join(f" {name}" for name in todo[place + 1 :])
            Console(stderr=True).print(
                f"Stopped. Training {each} again, with the same options, goes on from here."
                + (f" Not begun:{later}." if later else "")
            )
            raise typer.Exit(130) from None


def _train_one(name: str, recipe: Recipe, out: Path, fresh: bool) -> None:
    device = pick_device()
    x, y = load("train", recipe.dataset)
    shown = ~torch.isin(y, torch.tensor(recipe.without, dtype=torch.long))
    data = (x[shown], y[shown])
    model = build(recipe.family, recipe.config, recipe.seed).to(device)
    state = out / f".{name}.state.partial"
    if fresh:
        state.unlink(missing_ok=True)
    seconds = speed = 0.0
    with _progress() as bar:
        task = bar.add_task(name, total=None, info="")
        for step in fit(model, data, recipe, state):
            terms = " ".join(f"{key} {value:.4g}" for key, value in step.terms.items() if key != "loss")
            held_out = "" if step.validation is None else f" · held out {step.validation:.4g}"
            info = f"epoch {step.epoch}/{recipe.epochs} · {terms}{held_out} · {step.images_per_second:,.0f} images/s"
            bar.update(task, completed=step.step, total=step.steps, info=info)
            seconds, speed = step.seconds, step.images_per_second
            if not console.is_terminal and step.step % (step.steps // recipe.epochs) == 0:
                print(f"{name}: {info}", flush=True)  # a log file gets a line an epoch instead of a bar
    found = _measure(model, name, recipe)
    card = Card(
        name=name,
        title=recipe.title,
        summary=recipe.summary,
        family=recipe.family,
        config=asdict(model.config),
        recipe=asdict(recipe),
        metrics=found,
        parameters=sum(p.numel() for p in model.parameters()),
        training={
            "seconds": round(seconds, 1),
            "images_per_second": round(speed),
            "device": device.type,
            "precision": "bfloat16" if has_fast_bfloat16(device) else "float32",
        },
    )
    path = checkpoints.save(model, card, out / f"{name}.safetensors")
    state.unlink(missing_ok=True)
    _print_metrics(name, found)
    console.print(f"saved {path.name} ({path.stat().st_size / 1e6:.1f} MB) after {seconds:.0f} s of training")


@app.command("eval")
def evaluate(name: Annotated[str, typer.Argument(help="Which checkpoint; see `list`.")]) -> None:
    """Measure a checkpoint again on the test digits and print its card's numbers beside the new ones."""
    model = checkpoints.load(name)
    _print_metrics(name, _measure(model.to(pick_device()), name, Recipe(**model.card.recipe)), model.card.metrics)


@app.command("list")
def list_models(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the table that stands in the README.")] = False,
) -> None:
    """All recipes, and what the checkpoints at hand measure."""
    rows = []
    for name in sorted(set(RECIPES) | set(checkpoints.names())):
        try:
            card = checkpoints.read_card(name)
            numbers = ", ".join(f"{key} {_number(metric)}" for key, metric in card.metrics.items())
            rows.append((name, card.summary, f"{card.parameters:,}", numbers))
        except AecoreError as error:
            rows.append((name, RECIPES[name].summary if name in RECIPES else "", "", str(error)))
    titles = ("name", "what it is", "parameters", "measured on the test digits")
    if markdown:
        lines = [titles, ("---",) * len(titles), *((f"`{name}`", *rest) for name, *rest in rows)]
        print("\n".join(f"| {' | '.join(line)} |" for line in lines))
        return
    table = Table(*titles)
    for row in rows:
        table.add_row(*row)
    console.print(table)


@app.command()
def reconstruct(
    name: Annotated[str, typer.Argument(help="Which checkpoint; see `list`.")],
    picture: Annotated[Path, typer.Argument(help="A picture with one or more digits.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("recon.png"),
) -> None:
    """Find the digits of a picture and write what the model makes of them: above the input, below the output."""
    from PIL import Image

    from aecore import images
    from aecore.engine import get_engine

    engine = get_engine()
    if not hasattr(engine.model(name), "decode"):
        raise AecoreError(f"{name} is no autoencoder. Choose one (see `list`), or use inpaint, upscale or denoise.")
    digits = images.digits_from_bytes(picture.read_bytes())
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
    from aecore import photos

    photo = photos.read_photo(picture.read_bytes())
    step = None
    with _progress() as bar:
        task = bar.add_task("photo", total=1.0, info="")
        for step in photos.denoise(photo.pixels):
            bar.update(task, completed=step.done / step.total, info=f"tile {step.done} of {step.total}")
    _write(out, photos.png(photo.image(step.recon)))
    for note in photo.notes:
        console.print(note)
    console.print(f"{photo.size[0]} x {photo.size[1]} pixels in {out} after {step.seconds:.1f} s")
    console.print(photos.judge_result(photo.pixels, step.recon).sentence)


@app.command()
def restore(
    picture: Annotated[Path, typer.Argument(help="A photo of a page of digits.", exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option("--model", "-m", help="Which checkpoint restores the digits.")] = "dae",
    clean_paper: Annotated[bool, typer.Option("--clean-paper", help="Also clean the paper between them.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("restored.png"),
) -> None:
    """Find the digits of a page, restore each, and put it back in its place in the photo."""
    from aecore import digit_pages, photos
    from aecore.engine import get_engine

    engine = get_engine()
    if not hasattr(engine.model(name), "decode"):
        raise AecoreError(f"{name} makes no digits from digits. Choose an autoencoder, such as dae; see `list`.")
    with _progress() as bar:
        task = bar.add_task(name, total=1.0, info="")
        page = digit_pages.restore_page(
            picture.read_bytes(), name, clean_paper=clean_paper, engine=engine,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    _write(out, photos.png(page.image))
    for note in page.notes:
        console.print(note)
    reads = "".join(str(int(y)) for y in engine.classify(torch.cat([each.recon for each in page.digits])).argmax(1))
    console.print(f"{len(page.digits)} digit{'s' * (len(page.digits) != 1)} in {out}; the judge reads {reads}")


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise AecoreError(f"{out} could not be written ({error}). Choose another place.") from error


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

    from aecore import images, inpainting, masks

    for name, known in ((kind, masks.MASKS), (side, masks.SIDES), (method, inpainting.METHODS)):
        if name not in known:
            raise typer.BadParameter(f"there is no '{name}'; choose one of: {', '.join(known)}")
    data = picture.read_bytes()
    digits = images.digits_from_bytes(data)
    x, rng = torch.cat([digit.x for digit in digits]), torch.Generator().manual_seed(seed)
    if painted is None:
        mask = masks.make(kind, x, strength, rng, center, side)
    else:
        kind, sizes, whole = "patch", [], painted.read_bytes()
        for each in (data, whole):
            with images.open_picture(each) as opened:
                sizes.append(opened.size)
        alike = sizes[0] == sizes[1]
        mask = torch.cat([masks.from_picture(whole, digit.frame if alike else None) for digit in digits])
    left = masks.hide(x, mask, masks.MASKS[kind].fill)
    rows = torch.stack([x, left, inpainting.inpaint(x, mask, method, rng, kind)])  # (3, N, 1, 28, 28)
    pixels = rows.squeeze(2).permute(0, 2, 1, 3).reshape(84, -1).mul(255).round().byte().numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels.repeat(4, 0).repeat(4, 1)).save(buffer, "PNG")
    _write(out, buffer.getvalue())
    label = inpainting.METHODS[method].label
    console.print(f"{len(digits)} digit{'s' * (len(digits) != 1)}: whole, with the hole, filled by {label}, in {out}")


@app.command()
def upscale(
    picture: Annotated[Path, typer.Argument(help="A picture with one or more digits.", exists=True, dir_okay=False)],
    side: Annotated[int, typer.Option(help="Pixels a side that are left of 28, such as 7 or 14.")] = 7,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the PNG goes.")] = Path("upscaled.png"),
) -> None:
    """Find the digits of a picture, average them to few pixels, and enlarge these again by every method at hand."""
    from aecore import images, samples, upscaling
    from aecore.engine import get_engine

    sides = upscaling.sides(get_engine())
    if side not in sides:
        raise typer.BadParameter(f"--side is one of: {', '.join(map(str, sides))}")
    digits = images.digits_from_bytes(picture.read_bytes())
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


@app.command("map")
def make_map(
    name: Annotated[str | None, typer.Argument(help="Which map; one of: " + ", ".join(projections.RECIPES))] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every map, one after the other.")] = False,
) -> None:
    """Lay the test digits out in two dimensions again, measure the map and save it."""
    if everything == (name is not None):
        raise typer.BadParameter("give a name, or --all")
    if name is not None and name not in projections.RECIPES:
        raise typer.BadParameter(f"there is no map '{name}'; choose one of: {', '.join(projections.RECIPES)}")
    for each in projections.RECIPES if everything else [name]:
        with _progress() as bar:
            task = bar.add_task(each, total=1.0, info="")
            for share, phase in projections.make(each):
                bar.update(task, completed=share, info=phase)
        _print_metrics(each, projections.load(each).metrics)


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
    from aecore import captions
    from aecore import samples as batches
    from aecore.engine import get_engine
    from aecore.styles import directions

    engine = get_engine()
    if not engine.takes_label(name):
        raise typer.BadParameter(f"{name} is not told the class; choose a conditional model, such as cvae")
    asked = captions.parse(text)
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
    with _progress() as bar:
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


def _known(name: str) -> str:
    if name not in RECIPES:
        raise typer.BadParameter(f"there is no recipe '{name}'; choose one of: {', '.join(RECIPES)}")
    return name


def _measure(model: torch.nn.Module, name: str, recipe: Recipe) -> dict[str, Metric]:
    with _progress() as bar:
        task = bar.add_task(f"{name}: measuring", total=1.0, info="")
        return evaluation.evaluate(model, recipe, lambda share: bar.update(task, completed=share))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[info]}"), TimeRemainingColumn())
    return Progress(*columns, console=console)


def _print_metrics(name: str, found: dict[str, Metric], before: dict[str, Metric] | None = None) -> None:
    table = Table("measure", "value", *(["on the card"] if before else []), "definition", title=name)
    for key, metric in found.items():
        card = [_number(before[key]) if key in before else "-"] if before else []
        table.add_row(key, _number(metric), *card, metric.definition)
    console.print(table)


def _number(metric: Metric) -> str:
    return f"{metric.value:.4g} {metric.unit}".strip()


def main() -> None:
    """Run the command line; an error meant for people is one line and exit code 1, never a traceback."""
    try:
        app()
    except AecoreError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
