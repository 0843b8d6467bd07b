"""A collapse, frame by frame: what two generators draw from the same noise, their knobs alike, their games not."""

import base64
from dataclasses import asdict

from aecore.errors import DataError
from aecore.gans.table import AGAIN, PICTURES, Frame, results_file
from ui.component import component

_FILM = component("pages/gans/film/film")


def sheet() -> bytes:
    """The picture with all frames: see benchmarks/gans.py. Raises: DataError: it is not there."""
    path = results_file().with_name("collapse.png")
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"The film {path.name} cannot be read. Make it again with: {AGAIN}") from error


NAMES = {
    "minimax, unfair": "Minimax, unfair knobs",
    "wgan-div, unfair": "WGAN-div, unfair knobs",
    "minimax, fair": "Minimax, fair knobs",
    "wgan-div, fair": "WGAN-div, fair knobs",
}


def verdict(films: dict[str, list[Frame]]) -> str:
    """Whether the game or the knobs decide, by the entropy of the classes over the second half of each film."""

    def late(part: str) -> float:
        entropies = [
            frame.entropy for name, frames in films.items() if part in name for frame in frames[len(frames) // 2 :]
        ]
        return sum(entropies) / len(entropies)

    knobs, games = abs(late(", fair") - late("unfair")), abs(late("wgan-div") - late("minimax"))
    what = "The knobs decide, not the game" if knobs > 2 * games else "The game decides"
    worst = min(films["minimax, unfair"], key=lambda frame: frame.entropy)
    few = f"{worst.classes} class{'es' * (worst.classes != 1)}"
    return (
        f"Minimax is down to {few} after {worst.seconds:.1f} s on a GPU, at step {worst.step}. "
        f"**{what}**, in these four trainings: over the second half the classes' entropy is {late('unfair'):.2f} nats "
        f"with unfair knobs and {late(', fair'):.2f} with fair ones; minimax has {late('minimax'):.2f} and WGAN-div "
        f"{late('wgan-div'):.2f}."
    )


def show(films: dict[str, list[Frame]]) -> None:
    """Mount it."""
    data = {
        "sheet": base64.b64encode(sheet()).decode(),
        "pictures": PICTURES,
        "films": [
            {"name": NAMES[game], "frames": [asdict(frame) for frame in frames]} for game, frames in films.items()
        ],
    }
    _FILM(key="gans_film", data=data, height="content")
