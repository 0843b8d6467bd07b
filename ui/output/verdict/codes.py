"""What became of a digit behind a short code."""

from ui.output.verdict.words import a_digit

SURE = 0.8  # the judge's probability, from which a sentence takes its reading for granted
_FEW = {2: "two", 8: "eight"}


def code(truth: int | None, read: int | None, size: int, own: bool, sure: float) -> str:
    """What became of a digit behind a code of so many numbers, as the judge reads it; "" where nobody reads.

    sure: the judge's probability of what it reads; below SURE the sentence says so.
    """
    if truth is None or read is None:
        return ""
    few = f"{_FEW.get(size, size)} numbers are too few"
    if sure < SURE:
        return f"Barely legible, perhaps {a_digit(read)}: {few}."
    if read == truth:
        return f"Still {a_digit(truth)}."
    return f"{'Your' if own else 'The'} {truth} became {a_digit(read)}: {few}."
