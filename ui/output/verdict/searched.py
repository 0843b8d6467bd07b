"""What the searches for a digit behind a hole have come to."""

from collections.abc import Sequence

from aecore.restore.energy import Answer
from ui.output.verdict.words import a_digit, upper

EQUALLY = 1.0  # nats: odds of less than 3 to 1


def filled_in(answers: Sequence[Answer], starts: int, truth: int | None) -> tuple[str, str]:
    """What the answers of a latent search say: a headline and a sentence, from their energies and the readings.

    Args: answers: lowest energy first; starts: how many searches there were; truth: what the judge reads in the whole.
    """
    best, classes = answers[0], list(dict.fromkeys(answer.reads for answer in answers if answer.reads is not None))
    right = ""
    if None not in (best.reads, truth):
        right = "right." if best.reads == truth else f"wrong: it was {a_digit(truth)}."
    if len(classes) > 1:
        other = next(answer for answer in answers if answer.reads not in (None, best.reads))
        names, gap = [a_digit(reads) for reads in classes], round(other.energy, 1) - round(best.energy, 1)
        head = f"{upper(', '.join(names[:-1]))} or {names[-1]}: "
        head += "two answers are equally good here." if gap < EQUALLY else "what is known does not decide."
        body = f"{upper(a_digit(best.reads))} costs {best.energy:.1f} nats, {a_digit(other.reads)} {gap:.1f} more."
        return head, f"{body} The lowest is {right}" if right else body
    if len(answers) > 1:
        alike, gap = "" if best.reads is None else f", all of them {best.reads}s", answers[-1].energy - best.energy
        body = f"Their energies lie within {gap:.1f} nats."
        return f"{len(answers)} ways to fill it{alike}.", f"{body} The lowest is {right}" if right else body
    head = f"One answer: {best.starts} of {starts} searches end at much the same picture."
    return head, f"It is {right}" if right else ""
