"""The evidence for small nets: size against score, beside four simpler ways to the same size."""

import streamlit as st

from aecore.compression import small_nets
from aecore.compression.small_nets import (
    BITS,
    EPOCHS,
    HALF,
    LEVELS,
    SCRATCH_EPOCHS,
    SPARSITIES,
    WHOLE,
    Level,
    Measured,
    Row,
)
from aecore.engine import Engine
from pages.compress.nets import OF, UNITS
from ui import messages, theme
from ui.output import tables
from ui.output.charts import chart, show_chart

BAR = {"judge": (30, 0.1)}  # times smaller than in single precision, points lost: what was asked for
AXIS = {"judge": "Test digits read right, %", "dae": "Mean PSNR, dB"}
POINTS = {"judge": " points", "dae": " dB"}  # of a difference
SHORT = {"dae": ": not many; with fewer steps it lost 0.3 dB more"}
PAPER = "Han et al. made LeNet-5 39 × smaller (1,720 to 44 kB) at 0.06 points fewer errors."


def show(engine: Engine, measured: Measured, name: str) -> None:
    """A sentence, a chart, a table of a network."""
    messages.stale(measured.stale(engine), small_nets.AGAIN)
    st.markdown(takeaway(measured, name))
    show_chart(figure(measured, name), "compress_nets_chart", takeaway(measured, name))
    with st.expander("All numbers", icon=":material/table:"):
        st.markdown(markdown(measured, name))
    seeds = len(measured.rows[name][Level(0.96, 4).key].score)
    runs = f"{seeds} runs of pruning and retraining" if seeds > 1 else "one run of pruning and retraining"
    passes = "1 pass" if EPOCHS[name] == 1 else f"{EPOCHS[name]:g} passes"
    st.caption(
        f"Score: {OF[name]}; ± is the 95% interval of the loss over test digits. From {runs}, with "
        f"{passes} over the training digits at each level{SHORT.get(name, '')}."
    )


def takeaway(measured: Measured, name: str) -> str:
    """How small for how little, whether each step is needed, and whether a small net of its own would do."""
    rows, unit = measured.rows[name], UNITS[name]
    whole = rows[WHOLE]
    limit = BAR.get(name, (0, 0.1))[1]
    fine = [at for at in LEVELS[name] if rows[at.key].lost <= limit]
    best = min(fine, key=lambda at: rows[at.key].size) if fine else min(LEVELS[name], key=lambda at: rows[at.key].lost)
    row = rows[best.key]
    text = "" if fine else "No level comes without a loss; the mildest here: "
    text += (
        f"**{whole.size / row.size:.0f} × smaller for {_loss(row, name)}**: {_kb(row.size)} instead of "
        f"{_kb(whole.size)} ({rows[HALF].size / row.size:.0f} × smaller than half precision and zip), with "
        f"{100 * best.sparsity:.0f}% of the weights 0 and {2**best.bits} values a layer. "
    )
    if name in BAR and whole.size / row.size < BAR[name][0]:
        text += f"Asked for were {BAR[name][0]} ×. "
    cut = rows.get(f"cut {best.sparsity}")
    text += f"Without retraining, the same pruning leaves {cut.score[0]:.1f}{unit}. " if cut else ""
    text += versus_scratch(rows, best.sparsity, name)
    return text + (f" {PAPER}" if name == "judge" else "")


def versus_scratch(rows: dict[str, Row], sparsity: float, name: str) -> str:
    """Against a small network that was trained from scratch to the same size."""
    scratch, ours = rows.get(f"scratch {sparsity}"), rows[Level(sparsity, 4).key]
    if scratch is None:
        return ""
    gap = ours.score[0] - scratch.score[0]
    sure = abs(gap) > max(ours.half, scratch.half)
    verdict = (
        f"scores {abs(gap):.2f}{POINTS[name]} {'less' if gap > 0 else 'more'}"
        if sure
        else "scores the same within the interval"
    )
    how = f"{_kb(scratch.size)}, {SCRATCH_EPOCHS[name]} passes over the digits"
    return f"A small network trained from scratch to the size of the 16-value file ({how}) {verdict}."


def _loss(row: Row, name: str) -> str:
    return "no loss" if row.lost <= 0 else f"{row.lost:.2f}{POINTS[name]} lost"


def figure(measured: Measured, name: str):
    """Score against kilobytes, one mark a way."""
    rows, unit = measured.rows[name], UNITS[name]
    text, muted, _, _ = theme.neutral()
    color = theme.kind_color("ae")
    result = chart(
        360,
        f"{AXIS[name]}, higher is better",
        margin={"l": 48, "r": 16, "t": 30, "b": 74},
        hovermode="closest",
        xaxis={
            "type": "log",
            "title": {"text": "size of the file, kB"},
            "tickvals": [5, 10, 20, 50, 100, 200, 500, 1000, 2000],
        },
        yaxis={"range": _range(rows)},
        legend={"y": -0.3},
    )
    series = {
        **{
            f"pruned, {2**bits} values": ([Level(at, bits).key for at in SPARSITIES[name]], color, "circle", dash)
            for bits, dash in zip(BITS, ("dot", "solid"), strict=True)
        },
        "small net from scratch": ([f"scratch {at}" for at in SPARSITIES[name]], text, "diamond", "solid"),
        "shared, not pruned": ([f"shared {bits}" for bits in BITS], muted, "square", "dash"),
        "half precision, zipped; whole": ([HALF, WHOLE], muted, "x", "dot"),
        "pruned, not retrained (far below)": ([f"cut {at}" for at in SPARSITIES[name]], muted, "triangle-down", "dot"),
    }
    for label, (keys, tone, symbol, dash) in series.items():
        points = [(key, rows[key]) for key in keys if key in rows]
        result.add_scatter(
            x=[row.size / 1000 for _, row in points],
            y=[row.score[0] for _, row in points],
            mode="lines+markers",
            name=label,
            line={"color": tone, "dash": dash, "width": 2},
            marker={"symbol": symbol, "size": 9, "color": tone},
            text=[f"{row.size:,} bytes, {row.score[0]:.2f}{unit}" for _, row in points],
            hovertemplate="%{text}<extra>" + label + "</extra>",
        )
    return result


def _range(rows: dict[str, Row]) -> list[float]:
    """What is worth seeing; what was cut and never trained on lies far below."""
    scores = [row.score[0] for key, row in rows.items() if not key.startswith("cut")]
    pad = 0.08 * (max(scores) - min(scores))
    return [min(scores) - pad, max(scores) + pad]


def markdown(measured: Measured, name: str) -> str:
    """All rows as a table."""
    rows, unit = measured.rows[name], UNITS[name]
    second = {"judge": "Damaged digits", "dae": "Gaussian noise"}[name]
    lines = []
    for key, label in _labels(name).items():
        if key in rows:
            row = rows[key]
            score = " / ".join(f"{one:.2f}" for one in row.score)
            smaller, lost = f"{rows[WHOLE].size / row.size:.1f}", f"{row.lost:.2f} ± {row.half:.2f}"
            lines.append((label, f"{row.size:,}", smaller, score + unit, lost, f"{row.second[0]:.2f}{unit}"))
    return tables.markdown(("", "Bytes", "Times smaller", "Score", "Lost", second), lines, small=False)


def _labels(name: str) -> dict[str, str]:
    """Key of a row -> what to call it, in the table's order."""
    labels = {WHOLE: "Whole, single precision", HALF: "Half precision, zipped"}
    labels |= {f"shared {bits}": f"{2**bits} values, not pruned" for bits in reversed(BITS)}
    for at in SPARSITIES[name]:
        share = f"{100 * at:.0f}% pruned"
        labels |= {Level(at, bits).key: f"**{share}, {2**bits} values**" for bits in reversed(BITS)}
        labels |= {f"cut {at}": f"{share}, 16 values, not trained on", f"scratch {at}": "Small net from scratch"}
    return labels


def _kb(size: int) -> str:
    return f"{size / 1000:,.1f} kB" if size < 100_000 else f"{size / 1000:,.0f} kB"
