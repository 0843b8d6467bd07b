"""The Photos page's thread of prose, with the numbers of the visitor's picture."""

from aecore.engine import Engine
from pages.photos.controls import NETWORK, Subject
from pages.photos.results import numbers, restored, result_name


def cleaned(engine: Engine, subject: Subject) -> str:
    """What the noise does to the picture, and what the network makes of it where it is done; "" without a truth."""
    if subject.truth is None or not subject.added:
        return ""
    before = numbers(subject.name, subject.truth, subject.photo.pixels)[0]
    text = (
        f"Noise of [[sigma|σ]] = {subject.added:.0f} moves a third of all pixels by more than {subject.added:.0f} grey "
        f"levels of 255, and leaves the picture at {before:.1f} dB ([[PSNR]]). A filter can only average what it sees; "
        "the network has learned from twenty other pictures what noise looks like."
    )
    recon = restored(engine, subject, NETWORK)
    if recon is not None:
        after = numbers(result_name(engine, subject, NETWORK), subject.truth, recon)[0]
        text += (
            f" It brings this one to {after:.1f} dB. Beside the picture each method says how much [[detail kept|fine "
            "detail]] it keeps at the place that you chose."
        )
    return text
