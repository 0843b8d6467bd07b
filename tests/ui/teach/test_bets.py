"""A question from the first click to the tally, on a page of its own: each answer is what the page shows."""

from streamlit.testing.v1 import AppTest

from ui import shell
from ui.teach import bets

shell.HEAD_START = 0.0


def lab() -> None:
    """A page with one number, which its bets set."""
    from functools import partial

    import streamlit as st

    from ui.teach import bets
    from ui.teach.bets import Answer, Bet

    def put(number: int) -> None:
        st.session_state["number"] = number

    def answer(number: int) -> Answer | None:
        late = st.session_state.get("late")
        return None if late else Answer(int(number > 5), f"It is {number}.")

    two = [Bet(f"Is {number} large?", ("No", "Yes"), partial(put, number), answer, "place") for number in (3, 8)]
    st.session_state.setdefault("number", 0)
    st.write("Shown:", st.session_state.number)
    bets.show("toy", two, lambda: st.session_state.number, "Sources")
    st.session_state["_came"] = False


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(lab, default_timeout=30)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def says(at: AppTest, text: str) -> bool:
    return any(text in element.value for element in [*at.markdown, *at.caption])


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def test_a_question_opens_covers_the_answer_and_tells_it_after_the_bet():
    at = opened()
    assert keys(at) == {"toy_bet_1", "toy_bet_2"}
    at.button(key="toy_bet_2").click().run()
    assert at.query_params["bet"] == "2"
    assert not says(at, "It is 8") and at.session_state["number"] == 0
    at.button(key="toy_option_1").click().run()
    assert at.session_state["number"] == 8
    assert says(at, "You were right: yes.") and says(at, "It is 8.") and says(at, "1 of 1 right so far")
    assert "bet" not in at.query_params


def test_a_wrong_bet_says_both_and_only_the_first_bet_on_a_question_counts():
    at = opened(bet="1")
    at.button(key="toy_option_1").click().run()
    assert says(at, "You said yes. It is no.") and says(at, "0 of 1 right so far")
    at.button(key="toy_bet_1").click().run()
    at.button(key="toy_option_0").click().run()
    assert says(at, "You were right: no.") and says(at, "0 of 1 right so far")


def test_who_wants_to_see_is_not_counted_and_a_card_can_be_closed():
    at = opened(bet="1")
    at.button(key="toy_option_show").click().run()
    assert says(at, "No.") and says(at, "It is 3.") and not says(at, "right so far")
    at.button(key="toy_bet_next").click().run()
    assert at.query_params["bet"] == "2" and "toy_option_0" in keys(at)
    at.button(key="toy_bet_close").click().run()
    assert "bet" not in at.query_params and keys(at) == {"toy_bet_1", "toy_bet_2"}


def test_an_answer_that_takes_time_comes_when_the_page_has_it_and_stays():
    at = opened(bet="2")
    at.session_state["late"] = True
    at.button(key="toy_option_1").click().run()
    assert says(at, "working it out") and not says(at, "It is 8")
    at.session_state["late"] = False
    at.run()
    assert says(at, "It is 8.")
    at.session_state["number"] = 1  # the visitor plays on
    assert says(at.run(), "It is 8.")


def test_an_option_in_a_sentence_loses_its_capital_and_a_name_in_capitals_does_not():
    said = [bets._within(option) for option in ("A digit", "PCA", "The network", "I", "8 dB")]
    assert said == ["a digit", "PCA", "the network", "i", "8 dB"]


def test_nonsense_in_the_address_opens_nothing():
    for nonsense in ("0", "3", "-1", "x", "٢", "1e5"):
        at = opened(bet=nonsense)
        assert not at.exception and keys(at) == {"toy_bet_1", "toy_bet_2"}, nonsense
