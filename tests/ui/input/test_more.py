"""More settings: widgets behind the button act, are in the address, and what they change is said beside it."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from ui.input.more import more

    with more("toy") as says:
        if st.toggle("Error maps", key="toy_errors", bind="query-params"):
            says("error maps")
        seed = st.number_input("Noise", 0, 9, 7, key="toy_seed", bind="query-params")
        if seed != 7:
            says(f"noise {seed}")


def run(**address: str) -> AppTest:
    at = AppTest.from_function(page)
    at.query_params.update(address)
    return at.run()


def test_nothing_is_said_of_defaults():
    at = run()
    assert not at.exception and not at.caption


def test_what_a_link_sets_acts_and_is_said_while_the_button_is_closed():
    at = run(toy_errors="true", toy_seed="3")
    assert at.toggle(key="toy_errors").value and at.number_input(key="toy_seed").value == 3
    assert [caption.value for caption in at.caption] == ["error maps · noise 3"]


def test_a_widget_inside_is_bound_to_the_address_and_silent_again_at_its_default():
    at = run()
    assert at.number_input(key="toy_seed").proto.query_param_key == "toy_seed"
    at.number_input(key="toy_seed").set_value(4).run()
    assert at.caption[0].value == "noise 4"
    at.number_input(key="toy_seed").set_value(7).run()
    assert not at.caption
