"""What became of a photo's noise."""

from collections.abc import Callable

from aecore.restore.compare import on_tile
from ui.output.verdict.words import upper

LEAST_GAIN = 0.3  # dB, below which cleaning a photo is no help
SLIGHT = 5.0  # grey levels of noise that may be called hardly any


def cleaned(sigma: float, noisy: float, scores: dict[str, float], label: Callable[[str], str], network: str) -> str:
    """Who cleans a photo best, by how much, over whom; a headline and a sentence as Markdown.

    Args: sigma: of the noise, in grey levels; noisy: PSNR in dB; scores: method -> PSNR in dB; label: a method's name
          within a sentence; network: ours.
    """
    noisy, scores = on_tile(noisy), {name: on_tile(psnr) for name, psnr in scores.items()}
    first, second = sorted(scores, key=lambda name: -scores[name])[:2]
    gain, lead = scores[first] - noisy, scores[first] - scores[second]
    if gain < LEAST_GAIN:
        return (
            "**Hardly any noise here**  \nNo method gains anything: the picture is best left as it is."
            if sigma < SLIGHT
            else "**Leave it alone**  \nNo method gains anything on this picture."
        )
    ahead = f"{lead:.1f} dB above" if lead else "level with"
    words = f"Whole picture: {gain:.1f} dB above the noisy picture, {ahead} {label(second)}."
    if first != network and network in scores and (behind := scores[first] - scores[network]):
        helps = "is" if scores[network] - noisy >= LEAST_GAIN else "does not help here:"
        words += f" The network {helps} {behind:.1f} dB behind."
    return f"**{upper(label(first))} {'leads' if lead else 'shares the lead'}**  \n{words}"
