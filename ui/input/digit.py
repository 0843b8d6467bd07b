"""Where a digit comes from: the drawing pad, a real test digit, an uploaded picture or the camera."""

import functools
import secrets
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore import referee
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import ImageError
from ui.input.choice import choice
from ui.input.opened import DIGITS, opened
from ui.input.pad import Drawing, drawn_over, pad, set_strokes
from ui.input.picker import picker
from ui.input.upload import Upload, photographed, picture_file
from ui.output.verdict import a_digit
from ui.server import jobs

SOURCES = {"draw": "Draw", "example": "Pick", "upload": "Upload", "camera": "Camera"}
PAD = "pad"  # its key, the same on every page
SCRATCHES = "pad_scratches"  # of the pad with a digit on it that was not drawn
DRAWING = "Your drawing"
ANOTHER = "Another digit"  # what opens the choice of a source
INPUT_WIDTH = 316  # px of the column with a page's input
_BARE = "_scratched_bare"  # in the session: bytes of the digit that the scratches are on
FIRST_EXAMPLE = 173  # a plain test digit, shown until the visitor brings one


@dataclass(frozen=True)
class Chosen:
    """The digit on the stage.

    x: (1, 1, 28, 28); name: what to call it; own: it is the visitor's; seq: of the pad's drawing that it comes from,
    None where no pad is in use; pad: which.
    """

    x: Tensor
    name: str
    own: bool
    seq: int | None = None
    pad: str = PAD


@functools.cache
def all_test_digits() -> tuple[Tensor, Tensor]:
    """The 10,000 MNIST test digits, uint8 (N, 1, 28, 28), and their labels."""
    return load_digits("test")


def example_digit(index: int) -> Tensor:
    """Test digit number `index` as a batch of one, (1, 1, 28, 28) in [0, 1]."""
    return all_test_digits()[0][index : index + 1].float() / 255


def choose_source(page: str) -> str:
    """`source_choice` behind one button: the pad is there from the start, and the first minute needs nothing else."""
    with st.popover(ANOTHER, icon=":material/draw:", key=f"{page}_digit_from"):
        return source_choice(page)


def source_choice(page: str) -> str:
    """Let the visitor say where the digit comes from: a key of SOURCES."""
    return choice(
        "Where the digit comes from", list(SOURCES), format_func=SOURCES.get, default="draw", key=f"{page}_source",
        label_visibility="collapsed",
    )  # fmt: skip


def input_digit(
    source: str,
    page: str,
    pad_key: str = PAD,
    index: int = FIRST_EXAMPLE,
    size: int = INPUT_WIDTH - 8,
    hint: str = "Draw a digit",
    echo: bool = False,
) -> Chosen:
    """Show the way to bring a digit from a source, and return the digit; an example until there is one.

    Args:    source: a key of SOURCES; page: its widgets' keys begin with this; pad_key, size, hint, echo: of the
             drawing pad, one for each digit that a page wants; index: of the test digit that is the example.
    Raises:  ImageError: an uploaded picture that cannot be read; JobError: not now.
    """
    if source == "draw":
        return draw_digit(pad_key, index, size, hint, echo)
    return {"example": _example, "upload": _upload, "camera": _camera}[source](page, index)


def draw_digit(
    pad_key: str = PAD,
    index: int = FIRST_EXAMPLE,
    size: int = INPUT_WIDTH - 8,
    hint: str = "Draw a digit",
    echo: bool = False,
) -> Chosen:
    """The drawing pad, one drawing for all pages; the example while it is empty. Arguments as for `input_digit`."""
    return drawn_digit(pad(pad_key, size=size, hint=hint, echo=echo), index)


def drawn_digit(drawing: Drawing, index: int = FIRST_EXAMPLE) -> Chosen:
    """The digit that a drawing shows; test digit number `index` while it is empty."""
    if drawing.empty:
        return replace(first_digit(index), seq=drawing.seq)
    return Chosen(_normalized(drawing.image.tobytes(), drawing.image.shape), DRAWING, True, drawing.seq)


def scratched_digit(
    digit: Chosen, size: int = INPUT_WIDTH - 8, label: str = "Draw on the digit, or erase a part"
) -> Chosen:
    """A digit that was not drawn, on a pad: strokes go over it, the eraser takes of it. Another digit begins clean."""
    bare = digit.x.numpy().tobytes()
    before = st.session_state.get(_BARE)
    if before not in (None, bare):
        set_strokes(SCRATCHES)
    st.session_state[_BARE] = bare
    drawing = pad(SCRATCHES, size=size, hint="", label=label, under=digit.x)
    if not drawing.strokes:
        st.caption("Scratch it: draw on it, or erase a part.")
        return replace(digit, seq=drawing.seq, pad=SCRATCHES)
    return Chosen(drawn_over(digit.x, drawing.strokes), f"{digit.name}, scratched", True, drawing.seq, SCRATCHES)


@functools.lru_cache(maxsize=256)  # a drawing is asked about by address, then in two or three runs
def _normalized(image: bytes, shape: tuple[int, ...]) -> Tensor:
    from aecore.intake.files import digit_from_strokes  # late: it brings OpenCV and scikit-image

    return digit_from_strokes(np.frombuffer(image, np.uint8).reshape(shape)).x


def _example(page: str, first_index: int) -> Chosen:
    images, labels = all_test_digits()
    key = f"{page}_digit"
    index = st.number_input(
        "Test digit", 0, len(images) - 1, first_index, key=key, bind="query-params", help="0 to 9,999, of MNIST"
    )
    offered = st.session_state.setdefault(f"_{page}_offered", _one_of_each(seed=0))

    def pick(place: int) -> None:
        st.session_state[key] = offered[place]

    def shuffle() -> None:
        fresh = _one_of_each(seed=secrets.randbelow(2**31))
        st.session_state[f"_{page}_offered"] = fresh
        st.session_state[key] = fresh[int(labels[index])]

    tiles = [(f"Test digit {place}, {a_digit(int(labels[place]))}", images[place] / 255) for place in offered]
    selected = offered.index(index) if index in offered else -1
    picker("Test digits, one of each class", tiles, selected, key=f"{page}_picker", on_pick=pick)
    st.button("Shuffle", icon=":material/shuffle:", on_click=shuffle, width="stretch", key=f"{page}_shuffle")
    return Chosen(example_digit(index), f"Test digit {index:,}", False)


def _upload(page: str, first_index: int) -> Chosen:
    about = "Pen on paper, chalk on a board, a scan; at most 32 digits."
    file = picture_file("A picture of digits", f"{page}_upload", about)
    return _from_picture(page, file, first_index)


def _camera(page: str, first_index: int) -> Chosen:
    upload = photographed("Hold a handwritten digit before the camera", key=f"{page}_camera")
    return _from_picture(page, upload, first_index)


def _from_picture(page: str, upload: Upload | None, first_index: int) -> Chosen:
    """The digit that the visitor chose among those in a picture; the example while there is no picture."""
    if upload is None:
        return first_digit(first_index)
    name = f"_{page}_read"
    read = st.session_state.get(name)
    if read is None or read["file"] != upload.id:
        read = {"file": upload.id, "place": 0} | _read(upload.data, f"{page}_picture")
        st.session_state[name] = read
    if "problem" in read:
        raise ImageError(read["problem"])
    digits = read["digits"]
    for note in dict.fromkeys(note for digit in digits for note in digit.notes):
        st.caption(note)
    strange = read["strange"]
    if strange == len(digits):
        st.caption("Nothing in this picture looks like a digit.")
    if len(digits) > 1:
        tiles = [(f"Digit {i + 1} of {len(digits)}", digit.x) for i, digit in enumerate(digits)]

        def pick(place: int) -> None:
            read["place"] = place

        st.caption(f"{len(digits) - strange} digits found. Choose one:" if strange < len(digits) else "Choose a part:")
        picker("Digits found in the picture", tiles, read["place"], key=f"{page}_found_picker", on_pick=pick)
    return Chosen(digits[read["place"]].x, "Your digit", True)


def _read(data: bytes, seat: str) -> dict:
    try:
        digits = opened(DIGITS, data, seat)
    except jobs.JobRefused as error:
        return {"problem": str(error)}
    strange = referee.refusals(get_engine(), torch.cat([digit.x for digit in digits]))
    return {"digits": digits, "strange": sum(why is not None for why in strange)}


def first_digit(index: int = FIRST_EXAMPLE) -> Chosen:
    """What stands on the stage before the visitor brings a digit."""
    return Chosen(example_digit(index), "An example", False)


def _one_of_each(seed: int) -> list[int]:
    """Indices of ten test digits, one a class, in order of the class."""
    rng = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(all_test_digits()[1]), generator=rng)
    labels = all_test_digits()[1][order]
    return [int(order[(labels == digit).nonzero()[0, 0]]) for digit in range(10)]
