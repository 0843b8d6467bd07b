"""The latent search beside the page: it runs in a thread of its own, is watched and cancelled from the browser, and
its recorded steps are sent once, to be played there.

Nothing waits for it: the page asks `follow` for the search of its present question, the component (inpaint_search.js)
asks for news a few times a second while it runs, and a new question cancels the old search.
"""

import atexit
import base64
import hashlib
import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.restore import energy, masks
from aecore.restore.energy import Answer, Descent
from aecore.restore.inpainting import SEARCH_MODEL, STARTS, STEPS
from ui.component import component
from ui.output.strip import pixels
from ui.output.verdict import a_digit, upper
from ui.theme import CLASS_COLORS, kind_color

REST = 0.7  # seconds that the mask must rest before the search begins
FORGOTTEN = 20  # seconds without a question from the browser, after which a search gives up
EVERY = 10  # steps between two reports, all of which are recorded
TICK = 250  # ms between two questions from the browser
_KEPT = "_inpaint_search"
_turns = threading.BoundedSemaphore(2)  # searches at once, over all visitors
_threads: dict[threading.Thread, "Search"] = {}  # all that run
log = logging.getLogger(__name__)

_SEARCH = component("pages/inpaint/search/search")


@dataclass
class Search:
    """One search. state: "waiting" (for the mask to rest, or for a turn), "running", "done", "cancelled" or "failed";
    frames: recorded Descents; reads: (starts,) the judge's classes at the end; seconds: that it took."""

    question: str
    x: Tensor  # (1, 1, 28, 28)
    mask: Tensor  # (1, 1, 28, 28)
    seed: int
    state: str = "waiting"
    step: int = 0
    frames: list[Descent] = field(default_factory=list)
    reads: Tensor | None = None
    answers: list[Answer] = field(default_factory=list)
    seconds: float = 0.0
    problem: str = ""
    announced: bool = False  # the stage has shown the answer
    asked: float = field(default_factory=time.monotonic)
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "cancelled", "failed")

    @property
    def recon(self) -> Tensor | None:
        """The filling with the lowest energy, (1, 1, 28, 28), known pixels kept; None before the end."""
        return self.answers[0].recon if self.state == "done" else None

    def cancel(self) -> None:
        """Stop at the next step."""
        self._stop.set()
        if not self.ended:
            self.state = "cancelled"

    def start(self, engine: Engine, rest: float) -> None:
        """Run in a thread of its own."""
        thread = threading.Thread(target=self.run, args=(engine, rest), name="latent-search", daemon=True)
        _threads[thread] = self
        thread.start()

    def run(self, engine: Engine, rest: float) -> None:
        """Search, after the mask has rested for some seconds."""
        try:
            if not self._stop.wait(rest):
                self._take_turn(engine)
        finally:
            if self._stop.is_set() and self.state != "done":
                self.state = "cancelled"
            _threads.pop(threading.current_thread(), None)

    def _take_turn(self, engine: Engine) -> None:
        with _turns:
            try:
                self._descend(engine)
            except AecoreError as error:
                self.state, self.problem = "failed", str(error)
            except Exception:
                log.exception("The latent search failed")
                self.state, self.problem = "failed", "The search failed, and the details were logged. Search again."

    def _descend(self, engine: Engine) -> None:
        model, begun = engine.model(SEARCH_MODEL), time.monotonic()
        rng = torch.Generator().manual_seed(self.seed)
        steps = energy.descend(model, self.x, self.mask, starts=STARTS, steps=STEPS, rng=rng, every=EVERY)
        for descent in steps:
            if time.monotonic() - self.asked > FORGOTTEN:
                self.cancel()
            if self._stop.is_set():
                return
            self.frames.append(descent)
            self.state, self.step = "running", descent.step
        self.seconds = time.monotonic() - begun
        last = self.frames[-1]
        try:
            self.reads = engine.classify(masks.paste(self.x, last.recon, self.mask)).argmax(1)
        except AecoreError:
            self.reads = None  # without a judge only pictures tell answers apart
        self.answers = energy.answers(last, self.x, self.mask, self.reads)
        self.state = "done"


def follow(engine: Engine, x: Tensor, mask: Tensor, seed: int) -> Search | None:
    """The search of this question; a new question cancels the visitor's last search and begins another.

    Args:    x, mask: (1, 1, 28, 28); seed: of the starts.
    Returns: None where nothing is missing.
    """
    if not mask.any():
        forget()
        return None
    parts = ((x * (1 - mask)).numpy().tobytes(), mask.numpy().tobytes(), seed)
    question = hashlib.blake2b(b"".join(str(part).encode() for part in parts), digest_size=8).hexdigest()
    search = current()
    if search is None or search.question != question:
        if search is not None:
            search.cancel()
        search = Search(question, x, mask, seed)
        st.session_state[_KEPT] = search
        search.start(engine, REST)
    search.asked = time.monotonic()
    return search


@atexit.register
def stop_all() -> None:
    """End all searches: a process that leaves while torch computes in a thread aborts."""
    for thread, search in list(_threads.items()):
        search.cancel()
        thread.join(timeout=5)


def current() -> Search | None:
    """The visitor's last search."""
    return st.session_state.get(_KEPT)


def forget() -> None:
    """Cancel the visitor's search and drop it."""
    search = st.session_state.pop(_KEPT, None)
    if search is not None:
        search.cancel()


def show(search: Search, truth: int | None, key: str, on_end: Callable[[], None], on_again: Callable[[], None]) -> None:
    """The component: progress and Cancel while it runs; then the descent, to be played, its curves, and the answers.

    Args: truth: the class that the judge reads in the whole digit; on_end: called once the search has ended, in a
          callback; on_again: called when the visitor wants a search from other starts, in a callback.
    """
    search.asked = time.monotonic()

    def ticked() -> None:
        if search.ended and not search.announced:
            search.announced = True
            on_end()

    data = {
        "now": search.asked,  # so that every run is an answer to the browser
        "question": search.question,
        "state": search.state,
        "step": search.step,
        "steps": STEPS,
        "starts": STARTS,
        "tick": TICK,
        "known": pixels(search.x * (1 - search.mask)),
        "mask": pixels(search.mask),
        "problem": search.problem,
        "color": kind_color("vae"),
    }
    if search.frames:
        data |= _frames(search.frames if search.ended else search.frames[-1:])
        data["curve"] = [[each.step, round(float(each.energy.min()), 1)] for each in search.frames]
    if search.state == "done":
        data["seconds"] = round(search.seconds, 1)
        data["head"], data["body"] = takeaway(search, truth)
        data["reads"] = None if search.reads is None else search.reads.tolist()
        data["colors"] = None if search.reads is None else [CLASS_COLORS[int(y)] for y in search.reads]
        data["answers"] = [_answer(search, place, truth) for place in range(len(search.answers))]
    _SEARCH(
        key=key,
        data=data,
        on_tick_change=ticked,
        on_cancel_change=search.cancel,
        on_again_change=on_again,
    )


def takeaway(search: Search, truth: int | None) -> tuple[str, str]:
    """What the answers say: a headline and a sentence, from their energies and the judge's readings."""
    answers = search.answers
    classes = list(dict.fromkeys(answer.reads for answer in answers if answer.reads is not None))
    best = answers[0]
    if len(classes) > 1:
        other = next(answer for answer in answers if answer.reads not in (None, best.reads))
        names = [a_digit(reads) for reads in classes]
        head = f"{upper(', '.join(names[:-1]))} or {names[-1]}: what is known does not decide."
        gap = other.energy - best.energy
        body = f"{upper(a_digit(best.reads))} costs {best.energy:.1f} nats, {a_digit(other.reads)} {gap:.1f} more. "
        return head, body + _against(best.reads, truth)
    if len(answers) > 1:
        what = "digits" if best.reads is None else f"{best.reads}s"
        head = f"{len(answers)} ways to fill it, all of them {what}."
        gap = answers[-1].energy - best.energy
        return head, f"Their energies lie within {gap:.1f} nats. {_against(best.reads, truth)}"
    head = f"One answer: {best.starts} of {STARTS} searches end at much the same picture."
    return head, f"What is known leaves no doubt for the manifold. {_against(best.reads, truth)}"


def _against(reads: int | None, truth: int | None) -> str:
    if reads is None or truth is None:
        return ""
    return "The lowest is right." if reads == truth else f"The lowest is wrong: it was {a_digit(truth)}."


def _frames(frames: list[Descent]) -> dict:
    """Pictures with their known pixels as decoded, one byte a pixel; energies a frame and start."""
    ink = (torch.stack([each.recon for each in frames]).numpy() * 255 + 0.5).astype(np.uint8)
    return {
        "frames": base64.b64encode(zlib.compress(ink.tobytes(), 6)).decode(),
        "at": [each.step for each in frames],
        "known_nats": [[round(value, 1) for value in each.known.tolist()] for each in frames],
        "prior_nats": [[round(value, 1) for value in each.prior.tolist()] for each in frames],
    }


def _answer(search: Search, place: int, truth: int | None) -> dict:
    answer, best = search.answers[place], search.answers[0]
    gap = answer.energy - best.energy
    odds = "the lowest" if place == 0 else f"{gap:.1f} nats above the lowest"
    reads = "" if answer.reads is None else a_digit(answer.reads)
    return {
        "row": answer.row,
        "pixels": pixels(answer.recon),
        "reads": reads,
        "energy": f"{answer.energy:.1f}",
        "odds": odds,
        "starts": f"{answer.starts} of {STARTS} starts",
        "wrong": None not in (answer.reads, truth) and answer.reads != truth,
        "alt": f"Answer {place + 1}: {reads or 'a digit'}, energy {answer.energy:.1f} nats, {odds}",
    }
