"""The link that carries what is on the screen, and its QR code: what the Share panel asks for (toolbar.js)."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from ui import url

MOST = 1000  # characters of a link: what mail and chat programs leave whole
_OWN = {"present", "embed", "embed_options"}  # how the sender looks at the page


def answer(question: object) -> dict[str, str]:
    """The link for a visitor's address and drawings, a picture of its QR code, and what to say about it, if anything.

    Args:   question: {"address": the page's, with all that its URL says; "drawings": {key of a pad: strokes}}.
    Raises: ValueError: no such question.
    """
    if not isinstance(question, dict) or not isinstance(question.get("drawings"), dict):
        raise ValueError("A question is an address and drawings.")
    address, drawings = _page(question.get("address")), _parsed(question["drawings"])
    try:
        link, said = _link(address, _texts(drawings)), ""
    except OverflowError as error:
        link, said = _link(address, {}), str(error)
    return {"link": link, "qr": _qr(link), "said": said}


def _page(address: object) -> str:
    if not isinstance(address, str) or len(address) > 4 * MOST or urlsplit(address).scheme not in ("http", "https"):
        raise ValueError("No address of a page.")
    return address


def _parsed(drawings: dict) -> dict:
    from ui.input.pad.strokes import parse_strokes  # late: it brings OpenCV

    if not all(map(url.of_a_pad, drawings)):
        raise ValueError("No pad has this name.")
    return {key: parse_strokes(strokes) for key, strokes in drawings.items()}


def _texts(drawings: dict) -> dict[str, str]:
    from ui.input.pad import link  # late: it brings OpenCV

    try:
        return {key: link.encode(strokes) for key, strokes in drawings.items()}
    except ValueError as error:
        raise OverflowError(
            f"{error} The link carries the settings alone: clear the pad and draw it simpler."
        ) from error


def _link(address: str, drawings: dict[str, str]) -> str:
    parts = urlsplit(address)
    settings = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key not in _OWN and not url.of_a_pad(key)
    ]
    whole = parts._replace(query=urlencode([*settings, *drawings.items()]), fragment="").geturl()
    if drawings and len(whole) > MOST:
        raise OverflowError("With this drawing the link is too long. It carries the settings alone.")
    return whole


def _qr(text: str) -> str:
    import segno  # late: nobody needs it before they share

    return segno.make(text, error="l", micro=False).png_data_uri(scale=6, border=4)
