"""Captions: "a thick slanted seven" becomes digits and styles, and what was not understood is said.

No language model: a list of words. What it cannot read it reports instead of guessing.
"""

import difflib
import re
from dataclasses import dataclass, field

MOST = 12  # digits that one caption may ask for
LONGEST = 100  # words that are read
FURTHEST = 3.0  # standard deviations, however often somebody says "very"

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COUNTS = dict(zip((*NUMBERS, "ten", "eleven", "twelve"), range(13), strict=True))
COUNTS |= {"pair": 2, "couple": 2, "dozen": 12}

WORDS: dict[str, tuple[str, float]] = {  # word -> style, standard deviations
    **dict.fromkeys(("slanted", "slanting", "leaning", "italic", "tilted", "oblique"), ("slant", 1.5)),
    **dict.fromkeys(("upright", "straight", "vertical"), ("slant", -0.7)),
    **dict.fromkeys(("backward", "backwards", "left-leaning", "left-slanted"), ("slant", -2.0)),
    **dict.fromkeys(("wide", "broad", "round", "fat", "open"), ("width", 1.5)),
    **dict.fromkeys(("narrow", "slim", "tight", "condensed", "squeezed"), ("width", -1.5)),
    **dict.fromkeys(("thick", "bold", "heavy", "strong", "chunky"), ("thickness", 1.5)),
    **dict.fromkeys(("thin", "fine", "light", "delicate", "faint"), ("thickness", -1.5)),
}
DEGREES = {
    **dict.fromkeys(("very", "extremely", "really", "extra", "heavily", "strongly"), 1.6),
    **dict.fromkeys(("slightly", "somewhat", "little", "bit", "mildly", "gently", "fairly", "rather"), 0.5),
    "not": -0.4,
}
FILLERS = frozenset(
    re.findall(
        r"\w+",
        "a an the of in and with by but please draw write show make me give digit digits number numbers handwritten "
        "handwriting written figure figures style to left right some",
    )
)
_SIDES = {"left": -2.0, "right": 1.5}  # "leaning left"


@dataclass(frozen=True)
class Glyph:
    """One digit to draw; style: name in aecore.latent.styles.STYLES -> standard deviations."""

    digit: int
    style: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Caption:
    """What a caption asks for.

    glyphs: in writing order; understood: (words, what they were taken to mean); ignored: (word, the known word that
    it resembles or ""); cut: more than MOST digits were asked for, and the rest is left out.
    """

    glyphs: tuple[Glyph, ...]
    understood: tuple[tuple[str, str], ...]
    ignored: tuple[tuple[str, str], ...]
    cut: bool = False

    @property
    def notes(self) -> list[str]:
        """What was not understood, and what is left out, each a sentence."""
        said = [
            f"Not understood: {word}{f' (did you mean {known}?)' if known else ''}." for word, known in self.ignored
        ]
        cut = f"Only the first {MOST} digits are written; the rest of the text is left out."
        return [*said, cut] if self.cut else said


def parse(text: str) -> Caption:
    """Read a caption in plain English.

    Style words stand before their digit ("a thick seven and a thin 3"), or after the last ("2026, bold"). A number
    before a plural is a count ("two narrow 4s"); otherwise every digit of a number is drawn ("2026").
    Never raises; text of no sense gives no glyphs; what comes after LONGEST words is not read.
    """
    words = re.findall(r"[0-9]+(?:'?s\b)?|[a-z]+(?:-[a-z]+)*", text.lower())[:LONGEST]
    glyphs: list[Glyph] = []
    understood: list[tuple[str, str]] = []
    ignored: dict[str, str] = {}
    style: dict[str, float] = {}
    last: list[int] = []  # places of the digits that the latest noun asked for
    degree, said, count = 1.0, [], None
    for place, word in enumerate(words):
        if word in DEGREES:
            degree *= DEGREES[word]
            said.append(word)
        elif word in WORDS:
            name, amount = WORDS[word]
            after = words[place + 1 : place + 4]
            side = next((following for following in after if following in _SIDES), None)
            if name == "slant" and amount > 0 and side and set(after[: after.index(side)]) <= {"to", "the"}:
                amount, said = _SIDES[side], [*said, word, side]
            else:
                said = [*said, word]
            style[name] = round(max(-FURTHEST, min(FURTHEST, amount * degree)), 2)
            understood.append((" ".join(said), f"{name} {style[name]:+.1f} sd"))
            degree, said = 1.0, []
        elif (read := _digits(word)) is not None or word in COUNTS:
            plural = word not in COUNTS and not word.isdigit()
            if not plural and _counts(word, words[place + 1 :]):
                count = COUNTS[word] if word in COUNTS else int(word[:3])
                said = []
                continue
            if read is None:  # "ten": no digit of that name
                read = [int(figure) for figure in str(COUNTS[word])]
            times = count if plural and count is not None else 1
            last = list(range(len(glyphs), len(glyphs) + times * len(read)))[: MOST + 1]
            glyphs += [Glyph(figure, dict(style)) for _ in range(min(times, MOST + 1)) for figure in read]
            shown = "".join(map(str, read))
            understood.append((word, f"{times} × {shown}" if times != 1 else f"class {', '.join(map(str, read))}"))
            style, degree, said, count = {}, 1.0, [], None
        elif word not in FILLERS:
            known = difflib.get_close_matches(word, [*WORDS, *DEGREES, *NUMBERS], 1, 0.75)
            ignored[word] = known[0] if known else ""
            degree, said = 1.0, []
    for place in last if style else ():  # words after the last digit belong to it
        if place < len(glyphs):
            glyphs[place] = Glyph(glyphs[place].digit, glyphs[place].style | style)
    return Caption(tuple(glyphs[:MOST]), tuple(understood), tuple(ignored.items()), len(glyphs) > MOST)


def _digits(word: str) -> list[int] | None:
    """The digits that a noun names: "seven", "sevens", "4s", "2026"; None for any other word."""
    plain = word.removesuffix("'s") if word.endswith("'s") else word
    for form in (plain, plain.removesuffix("s"), plain.removesuffix("es")):  # sixes, zeroes
        if form.isdigit():
            return [int(figure) for figure in form[: MOST + 1]]
        if form in NUMBERS:
            return [NUMBERS.index(form)]
    return None


def _counts(word: str, rest: list[str]) -> bool:
    """Whether a number is a count: the next digit is a plural, and no "and" or "with" stands between."""
    for following in rest:
        if _digits(following) is not None:
            return not following.isdigit() and following not in NUMBERS
        if following in ("and", "with"):
            return False
    return False
