"""Predict, then reveal: a page's three questions. The visitor bets, then the page does it and says who was right.

A page's questions stand in its try_next.py, and what decides them is read off the page itself. The question that runs
is in the address (`?bet=2`), so that a teacher can send it; the tally lives as long as the session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Generic, TypeVar

import streamlit as st

from aecore.errors import AecoreError
from ui import messages, shell, url
from ui.component import component

BET = "bet"  # in the address: which of the page's questions runs, from 1 on
LOOK = 0.5  # s, how often to look for an answer that the page still works on
_SHOWN = -1  # what was chosen by whom just wants to see

_CARD = component("ui/teach/bets", html="<i></i>", isolated=False)

Results = TypeVar("Results")


@dataclass(frozen=True)
class Answer:
    """What the page shows. option: place of the right one; sentence: that says so, with the number."""

    option: int
    sentence: str


@dataclass(frozen=True)
class Bet(Generic[Results]):
    """One question.

    question: one sentence, whose answer the page does not show yet; options: two or three; begin: sets the page's
    controls, in a callback; answer: of what the page then shows, None while it still works on it; place: key of the
    element where it is seen.
    """

    question: str
    options: tuple[str, ...]
    begin: Callable[[], None]
    answer: Callable[[Results], Answer | None]
    place: str


def by_table(table: ModuleType, answer: Callable[[Results], Answer]) -> Callable[[object], Answer | None]:
    """An answer that a measured table gives, whatever the page shows; None where it is missing. table: its module."""

    def answer_of(_: object) -> Answer | None:
        try:
            return answer(table.load())
        except AecoreError:
            return None

    return answer_of


@dataclass
class Play:
    """A question that has been bet on. chosen: place of an option, or _SHOWN; answer: None until the page has it."""

    number: int
    chosen: int
    answer: Answer | None = None


@dataclass
class Tally:
    """A visitor's bets of all pages. won: (page, question) -> whether they were right, the first time they bet."""

    won: dict[tuple[str, int], bool] = field(default_factory=dict)
    plays: dict[str, Play] = field(default_factory=dict)  # page -> the one on its card


def tally() -> Tally:
    """This visitor's."""
    return st.session_state.setdefault("_bets", Tally())


def show(page: str, bets: Sequence[Bet[Results]], results: Callable[[], Results], sources: str) -> None:
    """The questions at a page's end, the card of the one that runs, and one line of sources; on the page itself.

    Args: page: its folder; results: what the page shows now, as its bets' `answer` wants it; sources: Markdown.
    """
    if shell.came():
        url.put({BET: st.query_params.get(BET)})  # another page's question is not this page's
        tally().plays.pop(page, None)
    url.read(BET)
    messages.fragment(key=_key(page))(_show)(page, bets, results)
    st.caption(sources)


def close(pages: Sequence[str]) -> None:
    """In a callback: another tab is opened, so the questions of these do not stay open."""
    for page in pages:
        _close(page)


def running(bets: Sequence[Bet]) -> int | None:
    """The number of the question in the address, from 1 on; None for none, or nonsense."""
    (text,) = url.get(BET)
    number = int(text) if text and text.isdecimal() and text.isascii() and len(text) < 3 else 0
    return number if 0 < number <= len(bets) else None


def _show(page: str, bets: Sequence[Bet], results: Callable[[], Results]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header("What will happen? Take a guess", anchor=False)
        if score := scored():
            st.caption(score, width="content")
    with st.container(horizontal=True, key=f"{page}_bets_row"):
        for number, bet in enumerate(bets, 1):
            st.button(bet.question, on_click=_open, args=(page, number), key=f"{page}_bet_{number}")
    number, play = running(bets), tally().plays.get(page)
    if play is not None and play.answer is None:
        _settle(page, bets[play.number - 1], play, results)
    if play is None and number is not None:
        _ask(page, number, bets)
    elif play is not None and play.answer is None:
        messages.fragment(run_every=LOOK)(_wait)(page, bets, play, results)
    elif play is not None:
        _reveal(page, bets, play)


def scored() -> str:
    """The session's tally in words; "" before the first bet."""
    won = tally().won
    return f"{sum(won.values())} of {len(won)} right so far" if won else ""


def _ask(page: str, number: int, bets: Sequence[Bet]) -> None:
    bet = bets[number - 1]
    with _card(page, f"ask {number}", f"{page}_bet_{number}"):
        _head(page, f"Question {number} of {len(bets)}")
        st.markdown(f"**{bet.question}**")
        for place, option in enumerate(bet.options):
            st.button(
                option, on_click=_choose, args=(page, number, place, bet), key=f"{page}_option_{place}", width="stretch"
            )
        st.button(
            "Just show me", on_click=_choose, args=(page, number, _SHOWN, bet), key=f"{page}_option_show",
            type="tertiary",
        )  # fmt: skip


def _reveal(page: str, bets: Sequence[Bet], play: Play) -> None:
    bet, answer = bets[play.number - 1], play.answer
    right = bet.options[answer.option]
    if play.chosen == _SHOWN:
        head = f"{right}."
    elif play.chosen == answer.option:
        head = f":green[:material/check_circle:] You were right: {_within(right)}."
    else:
        head = f":orange[:material/cancel:] You said {_within(bet.options[play.chosen])}. It is {_within(right)}."
    with _card(page, f"tell {play.number}", f"{page}_bet_{play.number}", bet.place):
        _head(page, scored() or f"Question {play.number} of {len(bets)}")
        st.markdown(bet.question)
        st.markdown(f"**{head}** {answer.sentence}")
        with st.container(horizontal=True):
            following = play.number % len(bets) + 1
            st.button("Next question", on_click=_open, args=(page, following), key=f"{page}_bet_next")


def _wait(page: str, bets: Sequence[Bet], play: Play, results: Callable[[], Results]) -> None:
    """The card while the page still works; once it has the answer, the card tells it."""
    _settle(page, bets[play.number - 1], play, results)
    if play.answer is not None:
        st.rerun()  # as a whole: a part of it that runs by the clock would go on
    with _card(page, f"wait {play.number}", f"{page}_bet_{play.number}", bets[play.number - 1].place):
        _head(page, f"Question {play.number} of {len(bets)}")
        st.markdown(f"{bets[play.number - 1].question}\n\nThe page is working it out.")


def _settle(page: str, bet: Bet, play: Play, results: Callable[[], Results]) -> None:
    play.answer = bet.answer(results())
    if play.answer is not None and play.chosen != _SHOWN:
        tally().won.setdefault((page, play.number), play.chosen == play.answer.option)


def _card(page: str, state: str, opener: str, place: str = ""):
    """The card over the page's corner: see bets.css, and bets.js for its place, the focus and Escape."""
    card = st.container(key="teach_bet", gap="xsmall")
    with card:
        _CARD(key="teach_bet_hand", data={"state": f"{page} {state}", "opener": opener, "place": place})
    return card


def _head(page: str, text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(text, width="content")
        st.button("Close", on_click=_close, args=(page,), key=f"{page}_bet_close", type="tertiary")


def _open(page: str, number: int) -> None:
    tally().plays.pop(page, None)
    url.put({BET: str(number)})


def _close(page: str) -> None:
    tally().plays.pop(page, None)
    url.put({BET: None})


def _choose(page: str, number: int, chosen: int, bet: Bet) -> None:
    """The visitor has bet: the page does it, as a whole."""
    tally().plays[page] = Play(number, chosen)
    url.put({BET: None})  # the link of what is seen now gives the answer away
    bet.begin()
    st.rerun()


def _within(option: str) -> str:
    """An option inside a sentence: without its capital, unless its first word is one like "PCA"."""
    word = option.split()[0]
    return option if len(word) > 1 and word.isupper() else option[:1].lower() + option[1:]


def _key(page: str) -> str:
    return f"{page}_bets"
