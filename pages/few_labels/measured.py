"""The Few labels page's evidence: every encoder, layers one by one, deep networks with and without pretraining."""

from statistics import fmean

import streamlit as st

from aecore.engine import Engine
from aecore.features.probe import interval
from aecore.pretraining import table
from aecore.pretraining.labels import COUNTS
from aecore.pretraining.table import PIXELS, SCRATCH, STACK, TUNED, Cell, Measured
from pages.few_labels.curves import best_encoder, middle, name_of
from ui import messages
from ui.glossary import explain
from ui.output import tables
from ui.teach.story import show as tell

GAIN = 8.0  # points at 100 labels that were asked for
PUBLISHED = 1.28  # % of Vincent et al. 2010 with 60,000 labels
BAR = 1.3
SCIENCE = 3.00  # summed squared error a digit of Hinton & Salakhutdinov 2006; their PCA with 30 numbers: 13.87
SHOWN = (10, 100, 1_000, 60_000)
WAYS = {
    "greedy": "Layer by layer",
    "greedy + together": "Half of it layer by layer, then all together",
    "together": "All together from the start",
}


def show(engine: Engine, measured: Measured) -> None:
    """What the curves say in sentences, and all encoders in a table."""
    shown = (best_encoder(measured), STACK)
    say_if_stale(engine.changed({name: sha256 for name, sha256 in measured.sha256.items() if name in shown}))
    tell(takeaway(engine, measured))
    if missed := not_reached(measured):
        st.markdown(missed)
    opened = st.expander("Every encoder of the lab, frozen", on_change="rerun", key="few_encoders_open")
    if opened.open:  # it loads all of them
        with opened:
            say_if_stale(measured.stale(engine))
            st.markdown(encoders(engine, measured))
    st.caption(
        f"{explain('frozen')} Test error in percent over {measured.tested:,} digits; ± is the 95% interval over draws "
        f"of labels, {seeds(measured)}. One pretrained stack serves all draws. Weight decay, neighbours and noise were "
        "chosen on 10,000 held-out training digits."
    )


def say_if_stale(names: list[str]) -> None:
    """That some networks are others than those that were measured."""
    messages.stale(names, table.AGAIN)


def seeds(measured: Measured) -> str:
    """How many draws and starts there were."""
    few, many = (len(measured.errors[SCRATCH][str(count)]) for count in (COUNTS[0], COUNTS[-1]))
    if few == many:
        return f"{few} seeds"
    if many > 1:
        return f"{few} seeds, with 60,000 labels {many} of the networks"
    return f"{few} seeds; with 60,000 labels it is one run, and ± that of the test digits"


def takeaway(engine: Engine, measured: Measured) -> str:
    """What pretraining saves with few labels and with all."""
    best = best_encoder(measured)
    few, many = COUNTS[2], COUNTS[-1]
    gain = middle(measured, SCRATCH, few) - middle(measured, best, few)
    tuned, scratch = (middle(measured, method, many) for method in (TUNED, SCRATCH))
    rest = scratch - tuned
    text = (
        f"With {few} labels the [[frozen]] code of {name_of(engine, best).split(',')[0]} saves **{gain:.1f} errors in "
        f"100** ({middle(measured, best, few):.1f} instead of {middle(measured, SCRATCH, few):.1f}); the stack, after "
        f"[[fine-tuning]], has {middle(measured, TUNED, few):.1f}. **With {many:,} labels {what_is_left(rest)}**: "
        f"{tuned:.2f}% against {scratch:.2f}% from scratch (published for such a stack: {PUBLISHED}%). "
    )
    worse = middle(measured, best, many) - scratch
    if worse > 0:
        text += (
            f"A frozen code is then a burden: a linear classifier on it errs {worse:.1f} points more than the network "
            "that learned all its weights with labels. "
        )
    return text


def not_reached(measured: Measured) -> str:
    """Which of the marks that we had set were missed, "" for none."""
    few, many = COUNTS[2], COUNTS[-1]
    gain = middle(measured, SCRATCH, few) - middle(measured, best_encoder(measured), few)
    missed = [f"{GAIN:.0f} points at {few} labels ({gain:.1f})"] if gain < GAIN else []
    if (tuned := middle(measured, TUNED, many)) > BAR:
        missed.append(f"{BAR}% at {many:,} ({tuned:.2f}%)")
    return f"We had asked for {' and '.join(missed)}: not reached." if missed else ""


def what_is_left(rest: float) -> str:
    """Of the gain with all labels, in points."""
    if rest > 0.1:
        return f"{rest:.2f} points are left"
    return "nothing sure is left of it" if rest > -0.1 else f"it costs {-rest:.2f} points"


def encoders(engine: Engine, measured: Measured) -> str:
    """A linear classifier on every code, the best with 100 labels first, beside pixels."""
    rows = []
    for method in sorted([*measured.encoders(), PIXELS], key=lambda method: middle(measured, method, 100)):
        name = name_of(engine, method).removesuffix(", frozen, linear")
        rows.append((name, *(scored(measured, method, count) for count in SHOWN)))
    return tables.markdown(("", *(f"{count:,} labels" for count in SHOWN)), rows, small=False)


def scored(measured: Measured, method: str, count: int) -> str:
    """As "14.2 ± 0.9"."""
    mean, half = interval(measured.errors[method][str(count)], measured.tested)
    return f"{mean:.1f} ± {half:.1f}"


# ---- autoencoders


def show_ways(measured: Measured) -> None:
    """Whether training layer by layer still pays; nothing where that was not measured."""
    if set(measured.layers) == set(WAYS):
        st.markdown(ways(measured))
        st.markdown(ways_table(measured))


def show_factors(measured: Measured) -> None:
    """Whether deep networks need pretraining; where that was not measured, how to."""
    if len(measured.factors) < 8:
        st.caption(f"Not measured here yet. Measure it with: `{table.AGAIN}`.")
        return
    st.markdown(claim(measured))
    with st.container(key="few_factors_table"):
        st.markdown(factors(measured))
    st.caption(factors_note(measured))


def ways(measured: Measured) -> str:
    """Does greedy training still pay? From the numbers."""
    errors = {way: fmean(measured.layers[way]) for way in WAYS}
    _, both, together = (784 * errors[way] for way in WAYS)
    depths = ", ".join(f"{784 * error:.1f}" for error in measured.depths)
    text = (
        f"Each layer rebuilds only the code below it, so errors add up: trained without noise and averaged over the "
        f"test digits, {depths} after one, two and three layers. "
        f"Training all layers together repairs that: **{both:.1f}** after a greedy start, **{together:.1f}** without "
        "one, with as many epochs. "
    )
    return text + (
        "So greedy training **no longer pays** here: with today's initial weights and Adam it is not needed."
        if together <= both
        else "So a greedy start **still pays** here."
    )


def ways_table(measured: Measured) -> str:
    """The three ways and their errors."""
    rows = ((name, f"{784 * fmean(measured.layers[way]):.1f}") for way, name in WAYS.items())
    return tables.markdown(("784-500-250-100 without noise", "Squared error a digit"), rows, small=False)


def claim(measured: Measured) -> str:
    """Whether deep autoencoders need pretraining, from the eight ways to train one."""
    cells = {(cell.code, cell.init, cell.pretrained): fmean(cell.errors) for cell in measured.factors}
    old = cells["sigmoid", "small", False]
    rescued = cells["sigmoid", "small", True]
    now = cells["relu", "scaled", False]
    after = cells["relu", "scaled", True]
    halfway = (cells["sigmoid", "scaled", False], cells["relu", "small", False])
    text = (
        f"With sigmoid units and the small first weights of old, 784-1000-500-250-30 ends at **{old:.1f}** without "
        f"pretraining, {beside(old, measured.pca)} PCA with 30 numbers ({measured.pca:.1f}), and at **{rescued:.1f}** "
        f"with it. With ReLU and He's weights: **{now:.1f}** without, **{after:.1f}** with it. Without "
        f"pretraining, Glorot's weights alone reach {halfway[0]:.1f}, ReLU alone {halfway[1]:.1f}. "
    )
    return f"{text}“Cannot be trained without pretraining” {verdict(cells, measured.pca)}."


def verdict(cells: dict[tuple[str, str, bool], float], pca: float) -> str:
    """What errors by code, first weights and pretraining say of the sentence; better than PCA counts as trained."""
    old, rescued = (cells["sigmoid", "small", pretrained] for pretrained in (False, True))
    now, after = (cells["relu", "scaled", pretrained] for pretrained in (False, True))
    without = [error for (_, _, pretrained), error in cells.items() if not pretrained]
    if min(cells.values()) >= pca:
        return "**cannot be judged** here: no network does better than PCA, with pretraining or without"
    if min(without) >= pca:
        return "**holds** here: without it no network does better than PCA, not even one of today"
    if now >= pca > after:
        return "**holds** here **for a network of today**, though another does better than PCA without it"
    if now >= pca or old <= pca or sorted(without)[-2] < pca:
        return "**does not hold** here"
    if rescued >= old:
        return "is a sentence about units and weights, and here pretraining **did not help**"
    helped = "helped those" if rescued < pca else "helped those, though not past PCA"
    return f"is a sentence about the old units and weights, **not about deep networks**; pretraining {helped}"


def beside(error: float, mark: float) -> str:
    """A comparison in a word."""
    return "worse than" if error > mark else "better than"


def factors(measured: Measured) -> str:
    """The eight ways as a table; how few epochs each had stands below."""
    rows = []
    by = {(cell.code, cell.init, cell.pretrained): cell for cell in measured.factors}
    for code, name in (("sigmoid", "Sigmoid"), ("relu", "ReLU")):
        for init, words in (("small", "Gaussian, sd 0.01"), ("scaled", "Glorot" if code == "sigmoid" else "He")):
            rows.append((name, words, *(error_of(by[code, init, pretrained]) for pretrained in (False, True))))
    head = ("Units", "First weights", "Without pretraining", "With")
    return tables.markdown(head, rows, small=False, words=2)


def error_of(cell: Cell) -> str:
    """Mean summed squared error."""
    return f"{fmean(cell.errors):.1f}"


def factors_note(measured: Measured) -> str:
    """What was run, and how good the deep autoencoder becomes with time."""
    cell = measured.factors[0]
    best = min(measured.deep, default=None)
    text = (
        f"784-1000-500-250-30, squared error summed over a test digit's pixels, {cell.epochs} epochs each "
        f"({len(cell.errors)} seed{'s' * (len(cell.errors) > 1)}; with pretraining half of them layer by layer), Adam, "
        "one-cycle to 0.001. "
    )
    if best is not None:
        reached = f"{'at most' if best <= SCIENCE else 'not yet'} the {SCIENCE:.2f} of Hinton & Salakhutdinov 2006"
        text += (
            f"{measured.deep_epochs} epochs with ReLU and slightly turned, scaled and shifted digits, without "
            f"pretraining: **{best:.2f}**, {reached} (their PCA: 13.87, ours: {measured.pca:.2f})."
        )
    else:
        text += f"The {SCIENCE:.2f} of Hinton & Salakhutdinov 2006 takes many more epochs; we have not run them."
    return text
