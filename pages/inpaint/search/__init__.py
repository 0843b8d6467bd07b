"""The latent search beside the page: a worker runs it, the browser watches it and may cancel it, and its recorded steps
are sent once, to be played there.

Nothing waits for it: the page asks `follow` for the search of its present question, the component (search.js) asks for
news a few times a second while it runs, and a new question cancels the old search.
"""

import base64
import hashlib
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from aecore.restore import inpainting
from aecore.restore import search as latent_search
from aecore.restore.energy import Descent
from aecore.restore.inpainting import METHODS, SEARCH, STARTS
from pages.inpaint.state import state
from ui import url
from ui.component import component
from ui.output import verdict
from ui.output.picture import pixels
from ui.output.verdict import a_digit
from ui.server import jobs
from ui.server.job_queue import LOST
from ui.server.jobs import Job
from ui.theme import CLASS_COLORS, kind_color

STEPS = jobs.whole("AECORE_SEARCH_STEPS", inpainting.STEPS)
REST = 0.7  # seconds that the mask must rest before the search begins
TICK = 250  # ms between two questions from the browser
SEAT = "inpaint_search"
STARTS_KEY = "inpaint_starts"  # in the URL

_SEARCH = component("pages/inpaint/search/search", html='<div class="search"></div>')


@dataclass
class Asked:
    """What a visitor wants searched. cancelled: the search as it was when they cancelled it; announced: whether the
    stage has shown the answer."""

    question: str
    x: Tensor  # (1, 1, 28, 28)
    mask: Tensor  # (1, 1, 28, 28)
    seed: int
    cancelled: "Search | None" = None
    announced: bool = False

    def search(self) -> "Search":
        """How it stands now."""
        if self.cancelled is not None:
            return self.cancelled
        job = jobs.ask(
            SEAT, "aecore.restore.search:search", self.x, self.mask, self.seed, STARTS, STEPS,
            key=(self.question, STARTS, STEPS), rest=REST,
        )  # fmt: skip
        return Search(self.question, self.x, self.mask, job)

    def cancel(self) -> None:
        """Stop it at its next step, and show how far it came."""
        search = self.search()
        if not search.ended:
            search.state = "cancelled"
            self.cancelled = search
            jobs.release(SEAT)


class Search:
    """A search as it stands. x, mask: (1, 1, 28, 28); state: of its job, which waits while the mask does not rest, too;
    frames: recorded Descents; answers, reads, seconds: see `aecore.restore.search.Search`."""

    def __init__(self, question: str, x: Tensor, mask: Tensor, job: Job):
        self.question, self.x, self.mask = question, x, mask
        lost = (
            job.state == "cancelled" or job.problem == LOST
        )  # not by this visitor, who is here: the next look asks anew
        self.state, self.problem = ("waiting", "") if lost else (job.state, job.problem)
        self.waits = jobs.words(job) if job.state == "waiting" and job.ahead else ""
        news = job.result or job.news or latent_search.Search([])
        self.frames, self.answers, self.reads, self.seconds = news.frames, news.answers or [], news.reads, news.seconds

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "cancelled", "failed")

    @property
    def recon(self) -> Tensor | None:
        """The filling with the lowest energy, (1, 1, 28, 28), known pixels kept; None before the end."""
        return self.answers[0].recon if self.state == "done" else None

    @property
    def step(self) -> int:
        """Of the descent."""
        return self.frames[-1].step if self.frames else 0


def starts() -> int:
    """Which draw of starts a search begins from: 0 until the visitor, or their link, wants another one."""
    [text] = url.get(STARTS_KEY)
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 5 else 0


def other_starts() -> None:
    """The next search begins from another draw."""
    url.put({STARTS_KEY: str(starts() + 1)})


def follow(x: Tensor, mask: Tensor, seed: int) -> Search | None:
    """The search of this question; a new question cancels the visitor's last search and begins another.

    Args:    x, mask: (1, 1, 28, 28); seed: of the starts.
    Returns: None where nothing is missing.
    """
    if not mask.any():
        state().asked = None
        jobs.release(SEAT)
        return None
    parts = ((x * (1 - mask)).numpy().tobytes(), mask.numpy().tobytes(), seed)
    question = hashlib.blake2b(b"".join(str(part).encode() for part in parts), digest_size=8).hexdigest()
    now = state()
    if now.asked is None or now.asked.question != question:
        now.asked = Asked(question, x, mask, seed)
    return now.asked.search()


def current() -> Search | None:
    """The search of the visitor's last question, None where nothing is missing."""
    asked = state().asked
    return asked and asked.search()


def show(
    search: Search,
    truth: int | None,
    key: str,
    on_end: Callable[[], None],
    on_again: Callable[[], None],
) -> None:
    """The component: progress and Cancel while it runs; then the descent, to be played, its curves, and the answers.

    Args: truth: the class that the judge reads in the whole digit; on_end: called once the search has ended, in a
          callback; on_again: called when the visitor wants a search from other starts, in a callback.
    """
    asked = state().asked
    if truth is None:  # nobody reads: what was drawn is no digit
        search.reads, search.answers = None, [replace(answer, reads=None) for answer in search.answers]

    def ticked() -> None:
        if asked.search().ended and not asked.announced:
            asked.announced = True
            on_end()

    data = {
        "now": time.monotonic(),  # so that every run is an answer to the browser
        "question": search.question,
        "state": search.state,
        "step": search.step,
        "steps": STEPS,
        "starts": STARTS,
        "tick": TICK,
        "known": pixels(search.x * (1 - search.mask)),
        "mask": pixels(search.mask),
        "waits": search.waits,
        "problem": search.problem,
        "color": kind_color(METHODS[SEARCH].kind),
    }
    if search.frames:
        data |= _frames(search.frames if search.ended else search.frames[-1:])
        data["curve"] = [[frame.step, round(float(frame.energy.min()), 1)] for frame in search.frames]
    if search.state == "done":
        data["seconds"] = round(search.seconds, 1)
        data["head"], data["body"] = verdict.filled_in(search.answers, STARTS, truth)
        data["reads"] = None if search.reads is None else search.reads.tolist()
        data["colors"] = None if search.reads is None else [CLASS_COLORS[int(y)] for y in search.reads]
        data["answers"] = [_answer(search, place, truth) for place in range(len(search.answers))]
    _SEARCH(
        key=key,
        data=data,
        on_tick_change=ticked,
        on_cancel_change=asked.cancel,
        on_again_change=on_again,
    )


def _frames(frames: list[Descent]) -> dict:
    """Pictures with their known pixels as decoded, one byte a pixel; energies a frame and start."""
    ink = (torch.stack([frame.recon for frame in frames]).numpy() * 255 + 0.5).astype(np.uint8)
    return {
        "frames": base64.b64encode(zlib.compress(ink.tobytes(), 6)).decode(),
        "at": [frame.step for frame in frames],
        "known_nats": [[round(value, 1) for value in frame.known.tolist()] for frame in frames],
        "prior_nats": [[round(value, 1) for value in frame.prior.tolist()] for frame in frames],
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
