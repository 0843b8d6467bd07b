"""Words for what numbers say, for every page: a headline and a sentence, in a module a subject.

The facts are aecore.restore.compare's, or what a page measured; every number is rounded before it is compared, so that
no sentence contradicts what stands beside it. Sentences that follow a pen are made in the browser, by the scripts here.
"""

from ui.output.verdict.codes import code, shaken
from ui.output.verdict.photos import cleaned
from ui.output.verdict.restored import called, denoising, filler, inpainting, noise, refused, upscaling, within
from ui.output.verdict.searched import filled_in
from ui.output.verdict.walks import followed, halfway, strayed
from ui.output.verdict.words import a_digit, the, upper

__all__ = [
    "a_digit",
    "called",
    "cleaned",
    "code",
    "denoising",
    "filled_in",
    "filler",
    "followed",
    "halfway",
    "inpainting",
    "noise",
    "refused",
    "shaken",
    "strayed",
    "the",
    "upper",
    "upscaling",
    "within",
]
