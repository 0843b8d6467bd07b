"""What the verbs may be asked, and what they answer: models of pydantic that check it and describe it as JSON Schema.

A file is base64 in JSON, or a data: address; whoever has its bytes already gives these. Numbers are finite.
"""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    WithJsonSchema,
    model_validator,
)

from aecore.latent.samples import MOST as MOST_SAMPLES
from aecore.restore import masks, upscaling

MOST = 100  # digits in one question: more is another question
LARGEST = 16  # px of a picture for a pixel of a digit
SAMPLES = min(500, MOST_SAMPLES)
SEED = 2**63 - 1
_GRIDS = "28 rows of 28 numbers for each digit, from 0 for background to 1 for ink: divide bytes by 255"
ADVICE = {"digits": _GRIDS, "missing": _GRIDS}  # to who gives another thing


def _bytes(value: object) -> object:
    """The bytes of what is base64."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("give the file's bytes as base64, a text")
    text = value.partition("base64,")[2] if value.startswith("data:") else value
    text = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("this is no base64: encode the file's bytes, or send the file itself as the body") from error


def _listed(value: object) -> object:
    """The parts of what an address says with commas: 0.3,0.7."""
    return value.split(",") if isinstance(value, str) else value


def _side(value: int) -> int:
    if value not in upscaling.SIDES:
        raise ValueError(f"choose one of {', '.join(map(str, upscaling.SIDES))}")
    return value


class First(FailFast):
    """As of pydantic: the first thing that is wrong with a list is told, not thousands. This one fits into a union."""

    __hash__ = object.__hash__


File = Annotated[
    bytes,
    BeforeValidator(_bytes),
    Field(min_length=1),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
Unit = Annotated[float, Field(ge=0, le=1)]
Digit = Annotated[int, Field(ge=0, le=9)]
Row = Annotated[list[Unit], First(), Field(min_length=1, max_length=28)]
Rows = Annotated[list[Row], First(), Field(min_length=1, max_length=28)]
Grids = Annotated[list[Rows], First(), Field(min_length=1, max_length=MOST)]
Labels = Annotated[list[Digit], First(), Field(min_length=1, max_length=MOST), BeforeValidator(_listed)]
Code = Annotated[list[float], First(), Field(min_length=1, max_length=10_000)]
Codes = Annotated[list[Code], First(), Field(min_length=1, max_length=MOST)]
Place = Annotated[tuple[Unit, Unit], BeforeValidator(_listed)]
Side = Annotated[int, AfterValidator(_side), Field(json_schema_extra={"enum": list(upscaling.SIDES)})]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Seed = Annotated[int, Field(ge=0, le=SEED)]
Hole = Literal[*masks.MASKS]


class Question(BaseModel):
    """What may be said to a verb: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def files(question: type[Question]) -> list[str]:
    """The fields that are files."""
    fields = question.model_json_schema()["properties"].items()
    return [
        name
        for name, schema in fields
        if any(part.get("contentEncoding") for part in (schema, *schema.get("anyOf", ())))
    ]


class Subject(Question):
    """A question about digits, or about a picture."""

    picture: File | None = Field(
        None, description="A picture file, such as a phone's photo: PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF, up to "
        "10 MB. The digits in it are found, turned white on black and brought to 28 x 28.",
    )  # fmt: skip
    digits: Grids | None = Field(
        None, description="Or digits as numbers: each 28 rows of 28, from 0 (background) to 1 (ink)."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "Subject":
        if (self.picture is None) == (self.digits is None):
            raise ValueError("give either a picture or digits")
        return self


class Scaled(Question):
    """A question that is answered by digits."""

    scale: int = Field(4, ge=1, le=LARGEST, description="Pixels of the PNG for each pixel of a digit.")


class Denoise(Subject, Scaled):
    """Which picture, or digits, to clean."""

    model: Name | None = Field(
        None, description="A network. 'photo' cleans a whole picture and is taken for pictures; the others restore the "
        "digits in it, 'dae' is taken for numbers.",
    )  # fmt: skip


class Inpaint(Subject, Scaled):
    """Which digits to fill, and where: a hole of a kind, or a mask."""

    model: Name = Field("inpainter", description="A network, or a classical method such as 'telea'.")
    hole: Hole | None = Field(None, description="A kind of hole; patch unless another one, or a mask, is given.")
    strength: Unit | None = Field(None, description="How much is missing, from 0 to 1.")
    center: Place | None = Field(None, description="Of a patch: across and down, from 0 to 1.")
    side: Literal[*masks.SIDES] | None = Field(None, description="Which side a half is missing from; top unless given.")
    mask: File | None = Field(
        None, description="A picture file, white where pixels are missing: painted over the picture, or 28 x 28."
    )
    missing: Grids | None = Field(None, description="Or the mask as numbers, like digits: 1 where a pixel is missing.")
    seed: Seed = Field(0, description="Of random holes, and of the latent search.")

    @model_validator(mode="after")
    def _one_hole(self) -> "Inpaint":
        settings = (self.hole, self.strength, self.center, self.side)
        if sum((self.mask is not None, self.missing is not None, settings != (None,) * 4)) > 1:
            raise ValueError("say once what is missing: a mask, missing, or a hole with its settings")
        hole = masks.MASKS[self.hole or "patch"]
        if self.center is not None and not hole.movable:
            raise ValueError("center is of a patch: leave it out, or choose the hole 'patch'")
        if self.side is not None and not hole.sided:
            raise ValueError("side is of a half: leave it out, or choose the hole 'half'")
        return self


class Upscale(Subject, Scaled):
    """Which digits to enlarge, and from how few pixels."""

    model: Name = Field("upscaler", description="A network, or a classical method such as 'bicubic'.")
    side: Side | None = Field(
        None, description="Digits are averaged to so many pixels a side first, to 7 unless given. Digits as numbers "
        "that have 4, 7 or 14 pixels a side are enlarged as they are.",
    )  # fmt: skip


class Encode(Subject):
    """Which digits to squeeze into a code."""

    model: Name = Field("vae", description="An autoencoder.")
    labels: Labels | None = Field(
        None, description="The digits' classes, for a model that wants to know them; the judge reads them unless given."
    )


class Decode(Scaled):
    """Which codes to draw."""

    codes: Codes = Field(description="Codes as encode gives them, or of your own: a list of numbers for each digit.")
    model: Name = Field("vae", description="The autoencoder, or generator, that the codes are of.")
    labels: Labels | None = Field(None, description="Classes, one a code, for a model that must be told them.")


class Generate(Scaled):
    """What to write."""

    text: str = Field(
        "0123456789", min_length=1, max_length=1000,
        description="Up to 12 digits, as 2026, or in words: 'a thick slanted seven'.",
    )  # fmt: skip
    model: Name = Field("cvae", description="A network that draws from noise.")
    temperature: float = Field(1.0, ge=0, le=10, description="How far from the average hand; 1 is the prior.")
    samples: int | None = Field(
        None, ge=1, le=SAMPLES, description="So many digits, each in a hand of its own; all in one hand unless given."
    )
    seed: Seed = Field(0, description="Of the noise: the same seed gives the same digits.")


class Read(Subject):
    """Which digits to read."""


# ---- answers


class Answer(BaseModel):
    """What every verb says. notes: what is to be known of how the picture was read, and of the result."""

    notes: list[str] = []


class Drawn(Answer):
    """A picture: digits in a row, or the whole picture cleaned."""

    model: str
    width: int = Field(description="Of the PNG, in pixels.")
    height: int
    reads: list[int] | None = Field(None, description="What the judge reads in each digit.")
    labels: list[int] | None = Field(None, description="The classes that were asked for.")
    digits: list[list[list[float]]] | None = Field(None, description="The digits: 28 rows of 28 from 0 to 1.")
    picture: str = Field("", description="The PNG, as base64.", json_schema_extra={"contentEncoding": "base64"})


class Coded(Answer):
    """Codes."""

    model: str
    latent_dim: int = Field(description="Numbers in a code.")
    labels: list[int] | None = Field(None, description="The classes that the model was told.")
    codes: list[list[float]]


class Reading(BaseModel):
    """What one digit is read as."""

    digit: int = Field(description="From 0 to 9: the most probable.")
    doubt: Literal["little ink", "stranger"] | None = Field(description="Why it may be no digit at all, if it may.")
    probabilities: list[float] = Field(description="Of 0 to 9, by the judge.")
    box: list[int] | None = Field(description="Where it is in the picture: left, top, right, bottom in pixels.")


class Readings(Answer):
    """What is read, in reading order."""

    readings: list[Reading]
