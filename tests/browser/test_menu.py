"""The menu on a narrow screen, in a real Chromium: one tap opens it, a choice closes it, and keys lead in and out."""

import pytest

pytestmark = pytest.mark.browser
TIMEOUT = 60_000  # ms; generous, since CI machines are slow and busy
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FINGER = 44  # px, the least that a finger hits without aiming
FOCUSED = "() => document.activeElement.innerText.split('\\n').at(-1)"


@pytest.fixture(scope="module")
def opened(serve, open_shared):
    """The Home page on a phone, whole."""

    def opener(**options):
        page = open_shared(serve("app.py"), **(PHONE | options))
        page.get_by_role("heading", level=1).wait_for()
        page.get_by_test_id("stExpandSidebarButton").wait_for()
        page.locator(".st-key-menu [data-ready]").wait_for(state="attached")
        return page

    return opener


@pytest.fixture(scope="module")
def light(opened):
    """One page for most tests: the first two begin on Home."""
    return opened()


@pytest.fixture(scope="module")
def dark(opened):
    return opened(color_scheme="dark")


def closed(page) -> None:
    """Wait until the menu has gone to the side."""
    page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")


def whole(page) -> None:
    """Wait until the menu stands over the page."""
    page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().left >= 0")


def test_a_tap_beside_the_menu_closes_it(light):
    page = light
    page.get_by_test_id("stExpandSidebarButton").tap()
    whole(page)
    page.touchscreen.tap(380, 700)
    closed(page)
    assert page.get_by_role("heading", level=1, name="Autoencoder Lab").count() == 1


def test_keys_lead_into_the_menu_and_out_of_it(light):
    page = light
    button = page.get_by_test_id("stExpandSidebarButton")
    button.focus()
    page.keyboard.press("Enter")
    whole(page)
    page.wait_for_function(f"({FOCUSED})() === 'Home'")  # where one is
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Denoise"
    page.keyboard.press("Escape")
    closed(page)
    page.wait_for_function("document.activeElement.dataset.testid === 'stExpandSidebarButton'")
    page.keyboard.press("Enter")
    whole(page)
    page.wait_for_function(f"({FOCUSED})() === 'Home'")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    closed(page)
    page.get_by_role("heading", level=1, name="Denoise").wait_for()
    assert page.evaluate("document.activeElement.dataset.testid") == "stMain"  # not in what is out of sight


def test_back_and_the_logo_choose_too(light):
    page = light

    def choose(how, head) -> None:
        page.get_by_test_id("stExpandSidebarButton").tap()
        whole(page)
        how()
        closed(page)
        page.get_by_role("heading", level=1, name=head).wait_for()

    logo = page.get_by_test_id("stSidebar").get_by_test_id("stLogoLink")
    choose(logo.tap, "Autoencoder Lab")
    choose(page.get_by_test_id("stSidebarNavLink").filter(has_text="Denoise").tap, "Denoise")
    choose(page.go_back, "Autoencoder Lab")
    choose(page.go_forward, "Denoise")
    choose(logo.tap, "Autoencoder Lab")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tap_opens_the_menu_and_a_choice_closes_it(request, scheme):
    page = request.getfixturevalue(scheme)
    page.bring_to_front()
    button = page.get_by_test_id("stExpandSidebarButton")
    box = button.bounding_box()
    assert box["width"] >= FINGER and box["height"] >= FINGER
    for title in ("Photos", "Generate"):  # a second time: nothing of the first is left behind
        button.tap()
        whole(page)
        links = page.get_by_test_id("stSidebarNavLink")
        assert min(link.bounding_box()["height"] for link in links.all()) >= FINGER
        links.filter(has_text=title).tap()
        closed(page)
        page.get_by_role("heading", level=1, name=title).wait_for()
    page.reload()  # Streamlit remembers an open menu
    page.get_by_role("heading", level=1, name="Generate").wait_for()
    closed(page)
