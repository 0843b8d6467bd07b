"""What a recipe is: how one model is trained and measured. All of them stand in recipes.py."""

from dataclasses import dataclass, field

from aecore.models import FAMILIES


@dataclass(frozen=True)
class Recipe:
    """Everything that `python -m aecore train NAME` needs to know.

    title, summary: what a visitor reads; family, config: what is built (aecore.models);
    epochs: passes over the training digits; batch: digits a step; lr: Adam's (peak) learning rate;
    schedule: "one-cycle", "gentle" (both warm up, then fall to zero) or "constant", see training.rate;
    weight_decay: decoupled (AdamW);
    ema: decay a step of the running average of the weights, 0 for none; augment: small random rotations, scales
    and shifts, but in the last finish_epochs; turns: any angle, and mirrored at random, for pictures without an up;
    validation: training digits held out to choose the best epoch; seed: of weights, order and noise;
    without: classes left out of the training digits; first: only so many of the training digits, 0 for all;
    finish_epochs, finish_config: fields of the config that change for the last epochs, such as the number of
    importance samples; half: measured and kept in half precision, even if a digit of the card changes; quarter: the
    same in 8 bits a number; shipped: False if its weights are too large for the repository;
    measures: keys of aecore.evaluation.MEASURES, computed on the test digits for the card.
    """

    title: str
    summary: str
    family: str
    config: dict = field(default_factory=dict)
    dataset: str = "mnist"
    without: tuple[int, ...] = ()
    first: int = 0
    epochs: int = 20
    batch: int = 128
    lr: float = 1e-3
    schedule: str = "one-cycle"
    weight_decay: float = 0.0
    ema: float = 0.0
    augment: bool = False
    turns: bool = False
    validation: int = 2000
    seed: int = 0
    finish_epochs: int = 0
    finish_config: dict = field(default_factory=dict)
    half: bool = False
    quarter: bool = False
    shipped: bool = True
    measures: tuple[str, ...] = ("reconstruction",)

    @property
    def kind(self) -> str:
        """What such a model is on every page, see `aecore.models.Family`."""
        return FAMILIES[self.family].kind_of(self.config)
