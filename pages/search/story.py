"""The Search page's thread of prose, with the numbers of the digit on its stage."""

from pages.search.stage import Lookup


def hits(lookup: Lookup) -> str:
    """What the bits find, and what lies in the ball around them."""
    length, radius, flips = lookup.settings.length, lookup.settings.radius, lookup.settings.flips
    most, count = majority(lookup)
    text = (
        f"The [[binary code]] of your digit is {length} bits, {length // 8} bytes instead of 784. By "
        f"[[Hamming distance]], the bits that differ, {count} of the {len(lookup.hits.y)} nearest training digits are "
        f"{most}s; the nearest differs in {counted(lookup.hits.distance[0], 'bit')}. "
    )
    inside = int(lookup.ball(radius).sum())
    text += f"Within {counted(radius, 'bit')} of it lie {inside:,} of 60,000. "
    if flips:
        text += f"You have flipped {counted(len(flips), 'bit')}: these hits are near the flipped code, not yours."
    else:
        text += "Nobody told the network what a 4 is: it only had to draw digits from their bits."
    return text


def majority(lookup: Lookup) -> tuple[int, int]:
    """The class of most hits, the smallest of several; and how many hits are of it."""
    counts = [lookup.hits.y.count(digit) for digit in range(10)]
    return counts.index(max(counts)), max(counts)


def counted(number: int, thing: str) -> str:
    """As "1 bit", "2 bits", "1,000 bits"."""
    return f"{number:,} {thing}{'s' * (number != 1)}"
