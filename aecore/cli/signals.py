"""The command that takes a signal: denoise-signal."""

from pathlib import Path
from typing import Annotated

import typer

from aecore.cli import paths, screen
from aecore.cli.paths import Destination, Source

app = typer.Typer()


@app.command("denoise-signal")
def denoise_signal(
    signal: Annotated[
        Source, typer.Argument(parser=paths.source, metavar="SIGNAL", help="CSV or WAV; - is standard input.")
    ],
    out: Annotated[
        Destination,
        typer.Option(
            "--out", "-o", parser=paths.signal, metavar="FILE", help="Where the CSV goes; - is standard output."
        ),
    ] = Destination(Path("denoised.csv"), paths.CSV),  # noqa: B008 (never changed)
    name: Annotated[str, typer.Option("--model", help="Which checkpoint of signals; see `list`.")] = "signals",
) -> None:
    """Take the noise off a radio trace of 500 samples, the loudest part of the file; in the file's own unit."""
    from aecore.data.signals import RATE
    from aecore.engine import get_engine
    from aecore.signals import files, heard

    out.must_not_be(signal)
    file = files.read(signal.read(), str(signal))
    answer = heard.denoise(get_engine(), name, file.x)
    shown = min(file.samples, file.x.shape[-1])
    received = (file.x.flatten() - 0.5) / file.gain + file.mean
    rows = zip(received.tolist(), (answer.recon.flatten() / file.gain).tolist(), strict=True)
    lines = [f"{file.begin + i},{x:.6g},{recon:.6g}" for i, (x, recon) in enumerate(rows) if i < shown]
    out.write(("\n".join(["sample,received,denoised", *lines]) + "\n").encode())
    place = file.begin + answer.place
    screen.say(
        f"loudest at sample {place:,} of {file.samples:,}, {answer.place / RATE:.2f} µs into the part; saved {out}"
    )
