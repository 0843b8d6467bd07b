"""Pages in Streamlit's own test runner, opened as a visitor opens them."""

from streamlit.testing.v1 import AppTest


def visit(page: str, timeout: float = 90, **params: str) -> AppTest:
    """A page, named by its folder, with these query parameters, run once; timeout: seconds, of every run."""
    at = AppTest.from_file("../pages/lab.py", default_timeout=timeout).run()
    for name, value in params.items():
        at.query_params[name] = value
    return at.switch_page(f"{page}/page.py").run()


def sound(at: AppTest) -> AppTest:
    """The same page; it shows no exception and no error."""
    assert not at.exception
    assert not at.error, [each.value for each in at.error]
    return at
