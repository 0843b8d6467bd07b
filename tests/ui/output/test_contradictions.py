"""No sentence contradicts the numbers beside it: what is said is parsed, and held against what the tiles show."""

import math
import random
import re
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
import torch

from aecore import checkpoints, metrics
from aecore.corruptions import CORRUPTIONS, corrupt
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.restore import baselines, inpainting, masks, upscaling
from aecore.restore.compare import Comparison, Damage, Entry, Hole
from aecore.restore.upscaling import BIASED, FULL
from tests.node import run
from ui.output import verdict

DIGITS = 200
STRENGTHS = torch.linspace(0, 1, 20).repeat(DIGITS // 20)  # one a digit: each strength meets ten of them
MODELS = ("dae", "dae-tanh-500", "ae-conv", "ae-linear-32", "vae-nyu")
SLOW = ("biharmonic", "richardson_lucy")
needs_models = pytest.mark.skipif(
    not {*MODELS, "judge", "inpainter", FULL, BIASED} <= set(checkpoints.names()), reason="no trained models"
)


# ---- what a visitor sees, and what it is held to


@dataclass(frozen=True)
class Seen:
    """A tile as it is read: name, the number that decides, SSIM and reading as text, and whether it wears a badge."""

    label: str
    classical: bool
    value: str
    ssim: str
    reads: str
    best: bool


def seen(comparison: Comparison, entry: Entry) -> Seen:
    number = entry.missing if comparison.decides == "missing" else entry.psnr
    value = "–" if math.isnan(number) else "∞" if number > 98.9 else f"{number:.1f}"
    reads = "" if entry.reads is None else str(entry.reads)
    return Seen(entry.label, entry.kind == "classical", value, f"{entry.ssim:.2f}", reads, comparison.leads(entry))


def number(tile: Seen) -> Decimal:
    return Decimal({"∞": "Infinity", "–": "-Infinity"}.get(tile.value, tile.value))


def named(name: str, tiles: list[Seen]) -> list[Seen]:
    """The tiles that a name in a sentence may mean: of that very label, else those with its first word."""
    exact = [tile for tile in tiles if tile.label.lower() == name.lower().removeprefix("the ")]
    first = name.lower().removeprefix("the ").split()[0].strip("’'s")
    return exact or [tile for tile in tiles if first in tile.label.lower()]


def contradictions(head: str, body: str, clean: Seen, damaged: Seen, tiles: list[Seen]) -> list[str]:
    """What of the sentences is not so, by the tiles alone; nothing where all of it is."""
    wrong, text = [], f"{head} {body}"
    top = max(map(number, tiles), default=None)
    won = re.match(r"(.+) beats (.+) by (\d+\.\d) dB\.$", head)
    exact = re.match(r"(.+) restores it exactly\.$", head)
    tied = re.match(r"A tie at (\S+) dB\.$", head)
    gained = re.match(r"(.+) gains (\d+\.\d) dB over the damaged picture\.$", head)
    lost = re.match(r"Leave it alone: every method loses, by (\d+\.\d) dB or more\.$", head)
    winners = []

    def claim(holds: bool, what: str) -> None:
        if not holds:
            wrong.append(what)

    if won:
        winners, losers = named(won[1], tiles), named(won[2], tiles)
        pairs = [(a, b) for a in winners for b in losers if a.classical != b.classical]
        claim(any(number(a) - number(b) == Decimal(won[3]) for a, b in pairs), "the margin is no difference of tiles")
        strongest = any(number(b) == max(number(t) for t in tiles if t.classical == b.classical) for _, b in pairs)
        claim(strongest or "ahead of it" in body, "a stronger rival")
        claim(Decimal(won[3]) > 0, "a win by nothing")
    if exact:
        claim(any(tile.value == "∞" for tile in named(exact[1], tiles)), "not exact")
    if tied:
        claim(tied[1] in {tile.value for tile in tiles}, "no tile has the number of the tie")
        level = [tile for tile in tiles if tile.value == tied[1] or number(tile) > top - Decimal("0.5")]
        claim(len(level) > 1, "nobody else comes near")
    if gained:
        claim(top - number(damaged) == Decimal(gained[2]), "gain")
    if lost:
        claim(number(damaged) - top == Decimal(lost[1]), "the loss is no difference of tiles")
    if "no method gains anything" in head:
        claim(top <= number(damaged), "somebody gains")
    for said in re.findall(r"In the answer of .+? the judge reads an? (\d), not an? (\d)", body):
        rivals = named(won[2], tiles) if won else tiles
        claim(said[0] != said[1] == clean.reads and said[0] in {tile.reads for tile in rivals}, "a rival's reading")
    for said in re.findall(r"it became an? (\d), says the judge", body):
        claim(said != clean.reads and said in {tile.reads for tile in tiles if number(tile) == top}, "a misreading")
    for said in re.findall(r"the judge reads an? (\d) in it, not an? (\d)", body):
        claim(said[0] != said[1] == clean.reads and said[0] in {t.reads for t in tiles if number(t) == top}, "a guess")
    for said in re.findall(r"By SSIM (.+) leads, (\d\.\d\d) against (\d\.\d\d)", body):
        highest = max(tile.ssim for tile in tiles)
        claim(said[1] == highest > said[2] and highest in {t.ssim for t in named(said[0], tiles)}, "SSIM's winner")
        claim(said[2] in {tile.ssim for tile in tiles if number(tile) == top}, "SSIM of the best")
    shown = {Decimal(tile.value) for tile in (damaged, *tiles) if tile.value not in ("∞", "–")}
    known = shown | {abs(a - b) for a in shown for b in shown} | {Decimal(tile.ssim) for tile in tiles}
    claim({Decimal(text) for text in re.findall(r"\d+\.\d+", text)} <= known, "a number from nowhere")
    badges = [tile for tile in tiles if tile.best]
    claim(all(number(tile) == top for tile in badges), "a badge on a lower number")
    nothing = ("Nothing", "Leave it alone", "Only background", "Everything is missing", "Choose", "No method")
    claim(not (badges and head.startswith(nothing)), "a badge where nothing was to do")
    claim(bool(badges) or head.startswith(nothing) or top <= number(damaged), "no badge where something was done")
    if badges and not re.search("Without 7s|Still a 7|Too little", head):
        better = max(tile.ssim for tile in tiles) > max(tile.ssim for tile in badges)
        claim(not better or "By SSIM" in body, "SSIM's winner goes unsaid")
    return wrong


def of(comparison: Comparison, sentence) -> list[str]:
    wrong = contradictions(
        *sentence(comparison),
        seen(comparison, comparison.clean),
        seen(comparison, comparison.corrupted),
        [seen(comparison, entry) for entry in comparison.methods],
    )
    return [f"{what}: {sentence(comparison)}\n{comparison}" for what in wrong]


# ---- the checker finds what it looks for


CLEAN, DAMAGED = Seen("Clean", False, "∞", "1.00", "7", False), Seen("Corrupted", False, "10.0", "0.20", "8", False)
NET = Seen("Denoiser", False, "21.6", "0.92", "7", True)
FILTER = Seen("Median filter", True, "14.7", "0.50", "8", False)
WON = "The denoiser beats the median filter by 6.9 dB."


@pytest.mark.parametrize(
    ("head", "body", "tiles", "what"),
    [
        (WON, "", [NET, FILTER], None),
        ("The denoiser beats the median filter by 6.8 dB.", "", [NET, FILTER], "the margin"),
        ("The median filter beats the denoiser by 6.9 dB.", "", [NET, FILTER], "the margin"),
        ("Leave it alone: no method gains anything.", "", [NET, FILTER], "somebody gains"),
        (WON, "It comes within 0.3 dB.", [NET, FILTER], "from nowhere"),
        (
            WON,
            "In the answer of the median filter the judge reads a 3, not a 7.",
            [NET, FILTER],
            "reading",
        ),
        (WON, "Even so, it became a 7, says the judge", [NET, FILTER], "misreading"),
        (
            WON,
            "",
            [NET, Seen("Median filter", True, "14.7", "0.97", "7", False)],
            "goes unsaid",
        ),
        ("Nothing to restore yet.", "", [NET, FILTER], "a badge where nothing"),
        ("A tie at 21.6 dB.", "", [NET, FILTER], "nobody else"),
    ],
)
def test_a_false_sentence_is_caught(head, body, tiles, what):
    wrong = contradictions(head, body, CLEAN, DAMAGED, tiles)
    assert wrong == [] if what is None else any(what in one for one in wrong)


# ---- real digits, real methods


def digits() -> tuple[torch.Tensor, list[int]]:
    x = load_digits("test")[0][:DIGITS].float() / 255
    return x, get_engine().classify(x).argmax(1).tolist()


def entries(name: str, label: str, kind: str, x: torch.Tensor, recon: torch.Tensor, mask=None, judged=True) -> list:
    """An Entry a digit, all measured at once."""
    psnr, ssim = metrics.psnr(x, recon).tolist(), metrics.ssim(x, recon).tolist()
    missing = [math.nan] * len(x) if mask is None else metrics.psnr_missing(x, recon, mask).tolist()
    sure, reads = get_engine().classify(recon).max(1) if judged else (torch.zeros(len(x)), torch.zeros(len(x)).long())
    rows = zip(recon.split(1), psnr, ssim, reads.tolist(), sure.tolist(), missing, strict=True)
    return [Entry(name, label, kind, *row) for row in rows]


def check(sentence, damages, given, x, corrupted, methods, mask=None, decides="psnr", reads=None) -> None:
    clean = entries("clean", "Clean", "", x, x)
    told = [None] * len(x) if mask is None else mask.split(1)
    low = entries("corrupted", "Corrupted", "", x, corrupted, mask)
    wrong = []
    for i in range(len(x)):
        comparison = Comparison(
            damages[i], given[i : i + 1], clean[i], low[i], [m[i] for m in methods], told[i], decides
        )
        wrong += of(comparison, sentence)
    assert not wrong, f"{len(wrong)} of {len(x)}\n" + "\n".join(wrong[:3])


@needs_models
@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_of_restored_digits(kind):
    engine, (x, _) = get_engine(), digits()
    x_noisy, mask = corrupt(kind, x, STRENGTHS, torch.Generator().manual_seed(1))
    methods = [
        entries(name, engine.card(name).title, engine.card(name).kind, x, engine.reconstruct(name, x_noisy, mask))
        for name in MODELS
    ]
    for name in baselines.applicable(kind):
        if name not in SLOW:
            recon = baselines.restore(name, x_noisy, mask, kind, STRENGTHS)
            methods.append(entries(name, baselines.BASELINES[name].label, "classical", x, recon))
    check(verdict.denoising, [Damage(kind, s) for s in STRENGTHS.tolist()], x_noisy, x, x_noisy, methods)


@needs_models
@pytest.mark.parametrize("kind", masks.MASKS)
def test_of_filled_holes(kind):
    engine, (x, _) = get_engine(), digits()
    mask = masks.make(kind, x, STRENGTHS, torch.Generator().manual_seed(1))
    given = masks.hide(x, mask, masks.MASKS[kind].fill)
    methods = []
    for name, method in inpainting.METHODS.items():
        if name not in (inpainting.SEARCH, *SLOW):
            recon = inpainting.inpaint(given, mask, name, kind=kind, engine=engine)
            methods.append(entries(name, method.label, method.kind, x, recon, mask))
    holes = [Hole(hole, kind) for hole in mask.split(1)]
    check(verdict.inpainting, holes, given, x, given, methods, mask, "missing")


@needs_models
@pytest.mark.parametrize("side", upscaling.SIDES)
def test_of_enlarged_digits(side):
    engine, (x, _) = get_engine(), digits()
    x_low = upscaling.lower(x, side)
    methods = []
    for name in (FULL, BIASED, "bicubic", "lanczos", "nearest"):
        network = name in (FULL, BIASED)
        label = engine.card(name).title if network else upscaling.CLASSICAL[name].label
        kind = "upscaler" if network else "classical"
        methods.append(entries(name, label, kind, x, upscaling.upscale(engine, name, x_low)))
    damages = [Damage("low_resolution", 1 - side / 28)] * len(x)
    check(verdict.upscaling, damages, x_low, x, upscaling.nearest(x_low), methods)


# ---- numbers at random: ties, equal roundings, perfect copies


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (verdict.denoising, {"dae": ("Denoiser", "dae"), "ae": ("Textbook autoencoder", "ae"),
                             "median": ("Median filter", "classical"), "wiener": ("Wiener filter", "classical")}),
        (verdict.inpainting, {"inpainter": ("Inpainter, told the mask", "dae"), "telea": ("Telea", "classical")}),
        (verdict.upscaling, {FULL: ("Upscaler", "upscaler"), BIASED: ("Upscaler that never saw a 7", "upscaler"),
                             "bicubic": ("Bicubic", "classical")}),
    ],
)  # fmt: skip
def test_of_any_numbers(sentence, names):
    rng, x = random.Random(0), torch.zeros(1, 1, 28, 28)
    hole = torch.zeros_like(x).index_fill(2, torch.arange(9), 1)
    holes = sentence is verdict.inpainting
    for _ in range(3000):
        near = rng.uniform(8, 50)

        def made(name, label, kind, near=near):
            psnr = rng.choice([near + rng.gauss(0, 0.5), near + rng.gauss(0, 0.05), rng.uniform(5, 70)])
            psnr = math.inf if rng.random() < 0.02 else psnr
            return Entry(name, label, kind, x, psnr, rng.random(), rng.choice([3, 7, 8]), 0.9, missing=psnr)

        methods = [made(name, *what) for name, what in names.items() if holes or rng.random() < 0.95]
        clean = Entry("clean", "Clean", "", x, math.inf, 1.0, rng.choice([3, 7]), 1.0)
        if not methods:
            continue
        low = made("corrupted", "Corrupted", "")
        low = replace(low, psnr=min(low.psnr, 30.0)) if sentence is verdict.upscaling else low  # it never is undamaged
        comparison = Comparison(
            Hole(hole) if holes else Damage("gaussian", 0.5), x, clean, low, methods,
            hole if holes else None, "missing" if holes else "psnr",
        )  # fmt: skip
        assert of(comparison, sentence) == []


# ---- sentences that the browser makes, and those of the codes


def in_the_browser(script: str, function: str, *given: list) -> list[str]:
    """What a function of ui/output/verdict says to each of the arguments."""
    call = "async (load, file, name, given) => { const f = (await load(file))[name]; return given.map((a) => f(...a)) }"
    return run(call, f"/ui/output/verdict/{script}.js", function, list(zip(*given, strict=True)))


def test_of_a_code_with_a_rule_and_one_without():
    rng = random.Random(0)
    free = [{"on": rng.randint(1, 500), "psnr": rng.uniform(5, 40)} for _ in range(2000)]
    held = [{"on": rng.randint(1, 500), "psnr": one["psnr"] + rng.choice([0, 0.04, rng.gauss(0, 3)])} for one in free]
    for one, other, said in zip(held, free, in_the_browser("codes", "lit", held, free, [500] * 2000), strict=True):
        on, size, how, rival = re.fullmatch(
            r"(\d+) units copy it (?:(\d+\.\d) dB (better|worse) than|as well as) (\d+) without a rule\.", said
        ).groups()
        shown = [Decimal(f"{copy['psnr']:.1f}") for copy in (one, other)]
        assert (int(on), int(rival)) == (one["on"], other["on"])
        gain = Decimal(size or 0) * (-1 if how == "worse" else 1)
        assert abs(gain - (shown[0] - shown[1])) <= Decimal("0.1") * (f"{one['psnr']:.2f}"[-1] == "5"), said


def test_of_ways_that_leave_a_digit():
    rng = random.Random(0)
    own, chance = ([rng.uniform(0.2, 9) for _ in range(2000)] for _ in range(2))
    for along, other, said in zip(
        own, chance, in_the_browser("ways", "astray", [4.0] * 2000, own, chance), strict=True
    ):
        shown = [round(along + 1e-9, 1), round(other + 1e-9, 1)]
        times = re.search(r"stays (\d+\.\d) times closer", said)
        if times:
            assert shown[0] < shown[1] and abs(float(times[1]) - shown[1] / shown[0]) < 0.06, (shown, said)
        assert ("chance stays closer" in said) <= (shown[1] < shown[0])
        assert ("about as far" in said) <= (max(shown) < 1.16 * min(shown))


def test_of_codes_of_any_width():
    rng = random.Random(0)
    digit, noise = ([rng.uniform(3, 60) for _ in range(2000)] for _ in range(2))
    for x, static, said in zip(digit, noise, in_the_browser("narrow", "through", digit, noise), strict=True):
        assert ("copy anything" in said) == (static > 30)
        assert ("digit comes back" in said) <= (x >= 14.5 and static <= 10.8)
        assert ("Too narrow" in said) <= (x < 14.5)


def test_of_arrows():
    rng = random.Random(0)
    names = ("onData", "dataBest", "corners", "farCorners", "before", "after", "cosine")
    numbers = [{name: rng.uniform(0, 1.2) for name in names} for _ in range(500)]
    kinds = [
        {"kind": rng.choice(["plain", "denoising", "contractive"]), "sigma": 0.2, "shape": "moons"} for _ in numbers
    ]
    for now, claims in zip(numbers, in_the_browser("arrows", "planeClaims", numbers, kinds), strict=True):
        shown = {f"{value:.{digits}f}" for value in now.values() for digits in (2, 3)} | {"0.20", "1.5"}
        for claim in claims:
            assert set(re.findall(r"\d+\.\d+", claim["answer"])) <= shown, claim
            if claim["claim"].startswith("Points on the manifold"):
                assert claim["holds"] != "yes" or now["onData"] < 0.01
            if "cosine" in claim["answer"].lower() and claim["holds"] == "yes":
                assert now["cosine"] > 0.95


def test_of_shaken_codes():
    rng = random.Random(0)
    for _ in range(2000):
        base = rng.uniform(0, 0.5)
        moves = {
            name: {size: [max(base + rng.gauss(0, 0.02), 0) for _ in range(2)] for size in ("small", "large")}
            for name in ("noise", "contractive", "control", "sparse")
        }
        said = verdict.shaken(moves, "small", "large")
        claims = re.findall(r"this is (true|\*\*not\*\* true): [^(]* \(([\d.]+)%; ([^)]*)\)", said)
        assert len(claims) == 2, said
        for true, own, rivals in claims:
            others = [float(text) for text in re.findall(r"([\d.]+)%", rivals)]
            assert (true == "true") == (float(own) < min(others)), said
