"""What a family of models says of itself, for everything that would otherwise ask for it by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import nn

Task = Literal["denoise", "inpaint", "upscale", "photo"]


@dataclass(frozen=True)
class Family:
    """A family of models; `FAMILY` at the end of its file.

    model, config: the class, and the dataclass that fixes its shape. The class says with `takes_mask` and
    `takes_label` what else its `forward` wants to know;
    kind: what it is on every page, and thereby its colour: "ae", "dae", "vae"..., or a function that tells from a
    card's config; badge: on its card, the kind in capitals unless given;
    headline: numbers of a card, of which the first that was measured says how good the model is;
    restores: the pages that offer it; what its `forward` then takes, told no class:
        "denoise"  digits (N, 1, 28, 28) with any damage, and their mask if it takes one
        "inpaint"  the same with a hole, and the mask if it takes one
        "upscale"  digits of a few pixels a side, and it gives back (N, 1, 28, 28)
        "photo"    pictures (N, 3, H, W) of any size;
    live: whether the browser runs it (ui/live);
    opponent: the network that it learns against, made of the same config; no checkpoint holds it. Then the model has no
        loss of its own, see aecore/training/duel.py, and draws from noise: `sample`, and `decode` of z.
    """

    model: type[nn.Module]
    config: type
    kind: str | Callable[[dict], str]
    badge: str = ""
    headline: tuple[str, ...] = ("psnr",)
    restores: tuple[Task, ...] = ()
    live: bool = False
    opponent: type[nn.Module] | None = None

    def kind_of(self, config: dict) -> str:
        """The kind of a model with this config."""
        return self.kind if isinstance(self.kind, str) else self.kind(config)

    def badge_of(self, config: dict) -> str:
        """The badge of a model with this config."""
        return self.badge or self.kind_of(config).upper()
