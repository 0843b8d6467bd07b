"""What pages call: trained models on the best device, loaded on first use, shared read-only by all visitors."""

import gc
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.cluster import client
from aecore.errors import AecoreError, CheckpointError
from aecore.guests import Guest
from aecore.models import FAMILIES, Task

CHUNK = 128  # digits a forward pass on a processor, whose cache holds what is between: half the time of 1,024
WIDE_CHUNK = 1024  # elsewhere: on an H200 a quarter of the time of 128
FEW = 3 * 784  # numbers of an input whose answer is worth remembering
ANSWERS = 1024  # that are remembered, some 6 MB
CALLS: dict[str, Callable[..., Tensor]] = {  # what an engine is asked for -> (model, tensors of so many samples each)
    "reconstruct": lambda model, *given: model(*given),
    "encode": lambda model, *given: model.encode(*given),
    "decode": lambda model, *given: model.decode(*given),
    "posterior": lambda model, *given: torch.stack(model.posterior(*given), 1),
    "classify": lambda model, x: model.classify(x),
    "features": lambda model, x: model.features(x),
}
log = logging.getLogger(__name__)


def pick_device() -> torch.device:
    """$AECORE_DEVICE if it says anything, else CUDA, Apple's MPS or the CPU, whichever comes first.

    Raises: AecoreError: $AECORE_DEVICE names no device of this machine.
    """
    asked = os.environ.get("AECORE_DEVICE", "").strip().lower()
    if asked:
        try:
            device = torch.device(asked)
            (torch.ones(1, device=device) + 1).item()  # some devices exist in name only
            return device
        except Exception as error:  # each device fails in its own way, some by an import
            raise AecoreError(
                f"AECORE_DEVICE is '{asked}', which this machine does not have. Unset it, or use cpu."
            ) from error
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Engine:
    """Batched inference for many visitors at once.

    Every method takes and returns tensors on the CPU, may be called from any thread, and runs under
    `torch.inference_mode`. Models are never changed after they are loaded.

    device: that of `pick_device` unless given; where $AECORE_DEVICE names none, the CPU, and `problems` says so;
    remember: so many answers about single digits are not computed again, as a page asks about one digit several times;
    cluster: gives the machines that are asked first, wherever a method needs no more of a network than its answer.
    """

    def __init__(
        self,
        device: torch.device | str | None = None,
        remember: int = 0,
        cluster: Callable[[], client.Cluster | None] = lambda: None,
    ):
        self._problems: dict[str, str] = {}
        self._cluster = cluster
        try:
            self.device = torch.device(device) if device is not None else pick_device()
        except AecoreError as error:
            self._problems["device"] = f"{error} Until then the CPU computes."
            log.warning("%s", self._problems["device"])
            self.device = torch.device("cpu")
        self._models: dict[str, nn.Module] = {}
        self._families: dict[str, str] = {}
        self._guests: WeakValueDictionary[str, Guest] = WeakValueDictionary()
        self._lock = threading.Lock()
        self._remember = remember
        self._answers: OrderedDict[tuple, Tensor] = OrderedDict()  # the one asked for last at the end
        self._turns = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))  # bounds memory, not speed

    def names(self) -> list[str]:
        """Checkpoints at hand, sorted."""
        return checkpoints.names()

    def problems(self) -> dict[str, str]:
        """Name -> what is wrong, for every checkpoint that could not be loaded so far.

        "device": with the device; "cluster": with the machines that were to compute.
        """
        cluster = self._cluster()
        return self._problems | ({"cluster": cluster.problem} if cluster is not None and cluster.problem else {})

    def loaded(self) -> set[str]:
        """The models that are in memory."""
        return set(self._models)

    def welcome(self, guest: Guest) -> None:
        """Run a network that is no checkpoint under its name, as long as somebody holds the guest."""
        self._guests[guest.name] = guest

    def guest(self, name: str) -> Guest | None:
        """The guest of that name, if it is still here."""
        return self._guests.get(name)

    def guests(self) -> int:
        """How many there are."""
        return len(self._guests)

    def card(self, name: str) -> Card:
        """The card of a checkpoint that works: it is loaded for it (some 5 ms), so a sound card never promises a
        damaged model. Raises: CheckpointError.
        """
        return self.model(name).card

    def model(self, name: str) -> nn.Module:
        """The module itself, on the engine's device: to read, never to change. Raises: CheckpointError."""
        loaded = self._models.get(name)
        if loaded is not None:
            return loaded
        guest = self._guests.get(name)
        if guest is not None:
            return guest.model.to(self.device)
        with self._lock:
            if name not in self._models:
                try:
                    self._models[name] = checkpoints.load(name).to(self.device)
                    self._problems.pop(name, None)
                except CheckpointError as error:
                    self._problems[name] = str(error)
                    raise
            return self._models[name]

    def restorers(self, task: Task) -> dict[str, Card]:
        """The models at hand whose family restores this, see `aecore.models.Family`: name -> card."""
        cards = {}
        for name in self.names():
            try:
                if name not in self._families:
                    self._families[name] = checkpoints.read_card(name).family  # the others need not be loaded
                if task in FAMILIES[self._families[name]].restores:
                    cards[name] = self.card(name)
            except CheckpointError as error:
                log.warning("%s", error)
        return cards

    def changed(self, sha256s: dict[str, str]) -> list[str]:
        """Those names whose checkpoint at hand holds other tensors than these SHA-256 say, or is missing."""

        def same(name: str, sha256: str) -> bool:
            try:
                return self.card(name).sha256 == sha256
            except AecoreError:
                return False

        return [name for name, sha256 in sha256s.items() if not same(name, sha256)]

    def preload(self, names: list[str]) -> None:
        """Load models before the first visitor needs them, run each once, and take them out of the collector.

        Streamlit collects garbage after every script run; with torch imported that walks a quarter of a million
        objects. Freezing moves what lives forever out of its way.
        """
        for name in names:
            try:
                self.model(name)
            except CheckpointError as error:
                log.warning("%s", error)
        gc.collect()
        gc.freeze()

    def takes_mask(self, name: str) -> bool:
        """True when the model wants to know which pixels are missing."""
        return self.model(name).takes_mask

    def takes_label(self, name: str) -> bool:
        """True when the model wants to know the class."""
        return self.model(name).takes_label

    def reconstruct(self, name: str, x: Tensor, mask: Tensor | None = None, y: Tensor | None = None) -> Tensor:
        """x (N, 1, 28, 28) -> recon, the same shape in [0, 1].

        Args:   mask: as x, 1 where pixels are missing, used by models that take one; y: (N,) for conditional ones.
        Raises: CheckpointError: the model cannot be loaded. ValueError: a conditional model without y, a batch that
                breaks the contract (aecore.contract), or a model that cannot do this.
        """
        if mask is not None and self.takes_mask(name):
            return self.answer(name, "reconstruct", x, mask)
        return self.answer(name, "reconstruct", x, *self._label(name, "reconstruct", y))

    def encode(self, name: str, x: Tensor, y: Tensor | None = None) -> Tensor:
        """x (N, 1, 28, 28) -> z (N, latent_dim). Raises: as `reconstruct`."""
        return self.answer(name, "encode", x, *self._label(name, "encode", y))

    def decode(self, name: str, z: Tensor, y: Tensor | None = None) -> Tensor:
        """z (N, latent_dim) -> recon (N, 1, 28, 28) in [0, 1]. Raises: as `reconstruct`."""
        return self.answer(name, "decode", z, *self._label(name, "decode", y))

    def posterior(self, name: str, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x (N, 1, 28, 28) -> mu, logvar, each (N, latent_dim); variational models only. Raises: as `reconstruct`."""
        both = self.answer(name, "posterior", x, *self._label(name, "posterior", y))
        return both[:, 0], both[:, 1]

    def sample(self, name: str, n: int, rng: torch.Generator, y: Tensor | None = None) -> Tensor:
        """n digits from the prior, (n, 1, 28, 28); of the classes y (n,) for conditional models."""
        z = torch.randn(n, self.model(name).config.latent_dim, generator=rng, device=rng.device).cpu()
        return self.decode(name, z, y)

    def classify(self, x: Tensor) -> Tensor:
        """What the judge sees: x (N, 1, 28, 28) -> probabilities (N, 10)."""
        return self.answer("judge", "classify", x)

    def answer(self, name: str, what: str, *inputs: Tensor) -> Tensor:
        """One of CALLS, as the methods above make it, unless it has been answered a short while ago.

        Args:   inputs: tensors of as many samples each.
        Raises: as `reconstruct`.
        """
        model = self.model(name)
        self._check_able(name, what)
        _check(inputs)
        if not self._remember or any(part.numel() > FEW for part in inputs):
            return self._computed(name, what, model, inputs)
        key = (name, what, *((part.dtype, part.shape, part.detach().cpu().numpy().tobytes()) for part in inputs))
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
        if answer is None:
            answer = self._computed(name, what, model, inputs)
            with self._lock:
                self._answers[key] = answer
                if len(self._answers) > self._remember:
                    self._answers.popitem(last=False)
        return answer.clone()  # whoever asked may write on it

    def _check_able(self, name: str, what: str) -> None:
        if what not in CALLS or (what != "reconstruct" and not hasattr(self.model(name), what)):
            raise ValueError(f"{name} has no {what}: choose a model that has one, such as vae")

    def _label(self, name: str, what: str, y: Tensor | None) -> tuple[Tensor, ...]:
        self._check_able(name, what)
        if not self.takes_label(name):
            return ()
        if y is None:
            raise ValueError(f"{name} is conditional: it needs y")
        return (y,)

    def _computed(self, name: str, what: str, model: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
        """Elsewhere, or here in chunks; when the device is out of memory, move to the CPU for good and say so."""
        cluster = self._cluster()
        if cluster is not None and inputs[0].ndim:
            answer = cluster.ask(name, model.card.sha256, what, inputs)
            if answer is not None:
                return answer
        with self._turns, torch.inference_mode():
            try:
                return self._chunks(model, CALLS[what], inputs)
            except torch.OutOfMemoryError:
                if self.device.type == "cpu":
                    raise
        self._fall_back()
        with self._turns, torch.inference_mode():
            return self._chunks(self.model(name), CALLS[what], inputs)

    def _chunks(self, model: nn.Module, function: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> Tensor:
        device = self.device
        chunk = CHUNK if device.type == "cpu" else WIDE_CHUNK
        if inputs[0].ndim == 0 or len(inputs[0]) <= chunk:
            return function(model, *(part.to(device) for part in inputs)).cpu()
        parts = zip(*(given.split(chunk) for given in inputs), strict=True)
        return torch.cat([function(model, *(tensor.to(device) for tensor in part)).cpu() for part in parts])

    def _fall_back(self) -> None:
        with self._lock:
            if self.device.type == "cpu":
                return
            self._problems["device"] = f"The {self.device.type} device ran out of memory; the CPU computes now."
            log.warning("%s", self._problems["device"])
            self.device = torch.device("cpu")
            self._models.clear()  # the next use loads them again, on the CPU


def _check(inputs: tuple[Tensor, ...]) -> None:
    for part in inputs:
        if not isinstance(part, Tensor):
            raise ValueError(f"the engine takes tensors, not {type(part).__name__}: use torch.as_tensor")
    sizes = [part.shape[0] if part.ndim else 1 for part in inputs]
    if len(set(sizes)) > 1:
        raise ValueError(f"all inputs must hold as many samples, not {' and '.join(map(str, sizes))}")


_engine: Engine | None = None
_engine_lock = threading.Lock()


def get_engine() -> Engine:
    """The process's one engine, made on first use, with the cluster that $AECORE_ENGINE names; see `aecore.cluster`.

    A module-level singleton and no st.cache_resource: any visitor can empty Streamlit's caches.
    """
    global _engine
    with _engine_lock:
        if _engine is None:
            _engine = Engine(remember=ANSWERS, cluster=client.named)
        return _engine
