"""The Denoise page's thread of prose, with the numbers of the digit on its stage."""

from aecore.guests import is_guest
from aecore.restore.compare import Comparison, Entry, on_tile
from ui.output import verdict


def repaired(comparison: Comparison) -> str:
    """What became of the digit by the best of each kind of method; "" where nobody was asked."""
    told = [_told(comparison, kinds, words) for kinds, words in _KINDS]
    if not any(told):
        return ""
    low = on_tile(comparison.corrupted.psnr)
    text = f"The damage leaves this digit at {low:.1f} dB ([[PSNR]])."
    return " ".join([text, *(f"{verdict.upper(sentence)}." for sentence in told if sentence)])


def _told(comparison: Comparison, kinds: tuple[str, ...], words: str) -> str:
    """One sentence about the best method of these kinds."""
    sort = [entry for entry in comparison.methods if entry.kind in kinds and not is_guest(entry.id)]
    best = max(sort, key=comparison.number, default=None)
    return (
        ""
        if best is None
        else words.format(name=verdict.called(best), psnr=on_tile(best.psnr), read=_read(comparison, best))
    )


def _read(comparison: Comparison, entry: Entry) -> str:
    if entry.reads is None or comparison.clean.reads is None:
        return ""
    same = entry.reads == comparison.clean.reads
    return f", and the [[judge]] reads {'the same digit in it' if same else f'a different digit in it, {entry.reads}'}"


_KINDS = (
    (("dae",), "{name}, trained to undo damage, brings it to {psnr:.1f} dB{read}"),
    (("ae", "vae"), "{name} has only learned to copy clean digits: {psnr:.1f} dB{read}"),
    (("classical",), "{name} has learned nothing and looks at neighbours alone: {psnr:.1f} dB{read}"),
)
