"""The Bottleneck page's linear part: a linear autoencoder beside PCA; its error, its angle, its units."""

from dataclasses import replace

import streamlit as st
from torch import Tensor

from aecore.engine import Engine
from aecore.latent import linear
from aecore.latent.capacity import LINEAR, NONLINEAR, SIZE, TEXTBOOK, Measured, Trace
from aecore.latent.linear import Axes, digits_axes
from pages.bottleneck import figures
from pages.bottleneck.state import Training, state
from ui import messages
from ui.input.seed import seed_input
from ui.output.charts import show_chart
from ui.output.gallery import Row, gallery
from ui.server import jobs
from ui.theme import kind_color

SEAT = "bottleneck_linear"
SEED = "bottleneck_start"  # in the URL


def show(engine: Engine, table: Measured) -> None:
    """The claim, the training to watch, both sets of basis pictures, the errors."""
    st.markdown(claim(table))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_input("Start", SEED, first=0, about="Seed of the first weights")
        st.button("Train one now", icon=":material/play_arrow:", on_click=_start, args=(seed,), key="bottleneck_train")
    own = state().training
    if own is not None and not own.job.over:
        _watch(table)
    else:
        _training(table)
    axes, weight = digits_axes(), _weight(engine)
    _bases(axes, weight)
    _errors(table, axes, weight)


def claim(table: Measured) -> str:
    """What holds of "a linear autoencoder is PCA", and what does not."""
    first, early = table.exact[0], instructive(table.exact[0])
    exact, hurried, patient = (
        [trace.angle[-1] for trace in traces]
        for traces in (table.exact, table.batches["hurried"], table.batches["patient"])
    )
    excess = max(trace.excess[-1] for trace in table.batches["hurried"])
    cosine = sum(trace.best_cosine for trace in table.exact) / len(table.exact)
    return (
        "One matrix there and back, squared error: at its best it spans what PCA spans.\n"
        f"- **It does.** By exact gradients the largest angle between the two falls to {max(exact):.1g}° (the worst of "
        f"{len(exact)} starts), by patient mini-batches to {_range(patient)}.\n"
        f"- **The error alone does not show it.** At step {first.steps[early]} it is PCA's but for "
        f"{100 * first.excess[early]:.1g}%, and one direction is still {first.angle[early]:.0f}° off. Hurried "
        f"mini-batches end within {100 * excess:.1g}% of PCA's error, at {_range(hurried)}.\n"
        f"- **No unit is a component.** Same space, other axes: a unit's best |cos| with any of the {SIZE} components "
        f"is {cosine:.2f} on average."
    )


def _range(angles: list[float]) -> str:
    """The smallest and the largest of several trainings."""
    return f"{min(angles):.1f}° to {max(angles):.1f}° ({len(angles)} starts)"


def instructive(trace: Trace) -> int:
    """The first place where the error is PCA's to a half per cent."""
    return next((i for i, excess in enumerate(trace.excess) if excess < 0.005), len(trace.excess) - 1)


def _start(seed: int) -> None:
    jobs.release(SEAT)
    job = jobs.ask(SEAT, "aecore.latent.linear:fit_exactly", SIZE, seed, key=("linear", SIZE, seed), urgent=True)
    state().training = Training(seed, job)


@messages.fragment(run_every=0.3)
def _watch(table: Measured) -> None:
    """Follows a running training."""
    _training(table)
    if state().training.job.over:
        st.rerun()


def _training(table: Measured) -> None:
    """Error and angle over the steps: the recorded start, and the visitor's own."""
    training, own = state().training, None
    if training is not None:
        news = training.job.result or training.job.news
        if news is not None:
            training.news = replace(news, weight=news.weight[:0])  # the curve is enough, and small
        if training.job.problem:
            st.warning(training.job.problem, icon=":material/info:")
        own = training.news
        if own is not None:
            st.markdown(
                f"Yours, start {training.seed}, step {own.step} of {own.steps}: **{own.angle:.3g}°** off, error "
                f"{100 * max(own.excess, 0):.2g}% above PCA's."
            )
    recorded = table.exact[0]
    charts = (
        ("excess", "Error above PCA's, %", [100 * value for value in recorded.excess]),
        ("angle", "Largest angle to PCA's subspace, degrees", recorded.angle),
    )
    for column, (name, title, values) in zip(st.columns(2), charts, strict=True):
        mine = None
        if own is not None:
            steps, angle, excess = zip(*own.history, strict=True)
            mine = (steps, angle if name == "angle" else [100 * value for value in excess])
        with column:
            show_chart(
                figures.training(title, recorded.steps, values, mine, kind_color("ae")),
                key=f"bottleneck_chart_{name}",
                alt=f"{title}, over {recorded.steps[-1]} steps: from {values[0]:.3g} to {values[-1]:.3g}.",
            )


def _weight(engine: Engine) -> Tensor:
    return engine.model(LINEAR).weight.detach().cpu()


def _bases(axes: Axes, weight: Tensor) -> None:
    left, right = st.columns(2)
    sets = (
        (left, "PCA's first 32 components", axes.components[:SIZE], "the most variance first", "classical"),
        (right, "The 32 units of the linear autoencoder", weight, "in no order", "ae"),
    )
    for place, (column, title, rows, note, kind) in enumerate(sets):
        x = (rows / rows.abs().amax(1, keepdim=True)).view(-1, *axes.shape)
        row = Row(title, x, note=note, color=kind_color(kind), low=-1.0, high=1.0, name="a basis picture")
        with column:
            gallery([row], key=f"bottleneck_basis_{place}", tile=64)


def _errors(table: Measured, axes: Axes, weight: Tensor) -> None:
    """A test pixel's squared error, and the angle where there is one."""
    angle = float(linear.angles(weight, axes.components[:SIZE])[-1])
    exact = table.exact[0]
    rows = [
        {"From 32 numbers": "PCA", "Test MSE": table.mse["pca"], "Cut off": table.mse["pca, cut off"], "Angle": 0.0},
        {"From 32 numbers": "Linear autoencoder, exact gradients", "Test MSE": exact.mse, "Angle": exact.angle[-1]},
        {
            "From 32 numbers": "Linear autoencoder, mini-batches (the checkpoint)",
            "Test MSE": table.batches["patient"][0].mse, "Cut off": table.mse[LINEAR], "Angle": angle,
        },
        {"From 32 numbers": "Nonlinear: the stage's network of 32", "Cut off": table.mse[NONLINEAR]},
        {"From 32 numbers": "Nonlinear: the textbook's, ReLU and sigmoid", "Cut off": table.mse[TEXTBOOK]},
    ]  # fmt: skip
    form = st.column_config.NumberColumn
    st.dataframe(
        rows,
        column_config={
            "Test MSE": form(format="%.4f", help="A pixel's mean squared error on the test digits, lower is better"),
            "Cut off": form("Test MSE, cut off", format="%.4f", help="The same, pixels kept between black and white"),
            "Angle": form("Angle to PCA", format="%.2f°"),
        },
        hide_index=True,
        placeholder="–",
    )
