"""The command line, one file a group of commands; `app` holds them all."""

import typer

from aecore.cli import generation, maps, pictures, training

app = typer.Typer(
    help="Train, measure and use the autoencoders of the lab.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for group in (training, pictures, maps, generation):
    app.add_typer(group.app)
