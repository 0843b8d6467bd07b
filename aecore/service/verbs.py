"""The verbs, in one table: what each may be asked, what it answers, which models do it, and the function that does it.

asked = ask("generate", {"text": "2026"}, engine)   # checked
made = make("generate", asked, engine)
made.answer, made.digits, made.png
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from aecore.engine import Engine
from aecore.errors import CheckpointError
from aecore.restore import inpainting, upscaling
from aecore.service import choices, questions, work
from aecore.service.choices import Choice
from aecore.service.questions import Answer, Question
from aecore.service.work import Made, Refused


@dataclass(frozen=True)
class Verb:
    """One verb.

    about: for people and assistants; question, answer: its models in `aecore.service.questions`; choice: a model as one
    that does it, None if it does not; methods: names that are no checkpoint's; run: does it; draws: whether the answer
    is a picture, too; long: whether this question takes seconds.
    """

    name: str
    title: str
    about: str
    question: type[Question]
    answer: type[Answer]
    choice: Callable[[Engine, str], Choice | None]
    run: Callable[[Question, Engine], Made | Iterator[float | Made]]
    methods: tuple[str, ...] = ()
    draws: bool = True
    long: Callable[[Question, Engine], bool] = lambda asked, engine: False

    def models(self, engine: Engine) -> dict[str, Choice]:
        """All at hand that do it."""
        names = dict.fromkeys((*engine.names(), *self.methods))
        return {name: choice for name in names if (choice := self.choice(engine, name))}


def ask(name: str, said: dict, engine: Engine) -> Question:
    """The question to a verb, a key of VERBS, from its fields. Raises: Refused; CheckpointError: there is no model."""
    verb = VERBS[name]
    if strange := [key[:50] for key in said if key not in verb.question.model_fields][:5]:  # pydantic tells of each
        known = ", ".join(verb.question.model_fields)
        raise Refused(f"{name} has no setting called {', '.join(strange)}. Choose from: {known}.")
    try:
        asked = verb.question.model_validate(said)
    except ValidationError as error:
        raise _refusal(error) from error
    _check_model(verb, asked, engine)
    return asked


def making(name: str, asked: Question, engine: Engine) -> Iterator[float | Made]:
    """Do what a verb is asked; yields the share done now and then, at last what was made; leaving the loop cancels.

    Raises: Refused, ImageError: for what was asked. CheckpointError: a model is missing or damaged.
    """
    made = VERBS[name].run(asked, engine)
    yield from made if isinstance(made, Iterator) else (made,)


def make(name: str, asked: Question, engine: Engine) -> Made:
    """As `making`, without a word on the way."""
    *_, made = making(name, asked, engine)
    return made


def _refusal(error: ValidationError) -> Refused:
    """The first few things that are wrong, as sentences."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False)[:5]:
        where = ".".join(map(str, problem["loc"]))
        what = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
        if problem["loc"] and problem["loc"][0] in questions.ADVICE:
            what = f"{what} ({questions.ADVICE[problem['loc'][0]]})"
        problems.append((where[:200], what))
    text = "; ".join(f"{where}: {what}" if where else what for where, what in problems)
    return Refused(f"{text if problems[0][0] else text[0].upper() + text[1:]}.", tuple(problems))


def _check_model(verb: Verb, asked: Question, engine: Engine) -> None:
    name = getattr(asked, "model", None)
    if name is None or verb.choice(engine, name):
        return
    known = verb.models(engine)
    if not known:
        raise CheckpointError(f"No model that can {verb.name} is at hand here. Try again later, or tell the host.")
    raise Refused(f"No model called '{name}' can {verb.name}. Choose one of: {', '.join(known)}.")


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            "denoise",
            "Take noise off a picture, or repair digits",
            "Cleans any picture of noise and gives it back at its own size; or repairs damaged handwritten digits.",
            questions.Denoise,
            questions.Drawn,
            choices.restorer("photo", "denoise"),
            work.denoise,
            long=work.is_whole_picture,
        ),
        Verb(
            "inpaint",
            "Fill holes in digits",
            "Fills in what is missing of handwritten digits: a hole of your choice, or a mask.",
            questions.Inpaint,
            questions.Drawn,
            choices.inpainter,
            work.inpaint,
            methods=tuple(inpainting.METHODS),
            long=lambda asked, engine: asked.model == inpainting.SEARCH,
        ),
        Verb(
            "upscale",
            "Enlarge digits from few pixels",
            "Draws handwritten digits of 28 x 28 pixels from 4 x 4, 7 x 7 or 14 x 14.",
            questions.Upscale,
            questions.Drawn,
            choices.upscaler,
            work.upscale,
            methods=tuple(upscaling.CLASSICAL),
        ),
        Verb(
            "encode",
            "Squeeze digits into a few numbers",
            "Gives the code of handwritten digits: the few numbers from which an autoencoder draws them again.",
            questions.Encode,
            questions.Coded,
            choices.able("encode", "decode"),
            work.encode,
            draws=False,
        ),
        Verb(
            "decode",
            "Draw digits from codes",
            "Draws handwritten digits from codes: those of encode, codes between two of them, or any of your own.",
            questions.Decode,
            questions.Drawn,
            choices.able("decode"),
            work.decode,
        ),
        Verb(
            "generate",
            "Write digits",
            "Writes handwritten digits that nobody wrote: a number, or a caption such as 'a thick slanted seven'.",
            questions.Generate,
            questions.Drawn,
            choices.able("sample", "decode"),
            work.generate,
        ),
        Verb(
            "read",
            "Read the digits in a picture",
            "Finds the handwritten digits in a picture and says which they are, how surely, and where they stand.",
            questions.Read,
            questions.Readings,
            lambda engine, name: None,
            work.read,
            draws=False,
        ),
    )
}


def models(engine: Engine) -> list[dict]:
    """All models and methods at hand, each with the verbs that it can do."""
    rows: dict[str, dict] = {}
    for verb in VERBS.values():
        for name, choice in verb.models(engine).items():
            row = rows.setdefault(
                name, {"name": name, "title": choice.title, "kind": choice.kind, "about": choice.about}
            )
            row.setdefault("verbs", []).append(verb.name)
            if verb.name in ("encode", "decode"):
                row["latent_dim"] = choices.latent_dim(engine, name)
                row["labels"] = engine.takes_label(name)
    return sorted(rows.values(), key=lambda row: row["name"])
