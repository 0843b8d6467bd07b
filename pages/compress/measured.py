"""The Compress page's evidence: bits against quality, where the curves cross, and what the network itself weighs."""

import streamlit as st

from aecore.compression import codes, rates
from aecore.compression.codes import DCT, PCA, PLAIN, VAE, WIDE
from aecore.compression.formats import JPEG, PNG, WEBP
from aecore.compression.rates import DIGITS, Measured, Point, best_within, crossing, pays_after
from aecore.engine import Engine
from ui import messages, theme
from ui.glossary import explain
from ui.input.choice import choice
from ui.output.charts import chart, show_chart

NAMES = {
    PLAIN: "32 numbers", VAE: "VAE, 32", WIDE: "128 numbers", PCA: "PCA", DCT: "DCT", WEBP: "WebP", JPEG: "JPEG",
}  # fmt: skip
DASHES = {VAE: "solid", PLAIN: "solid", WIDE: "dash", PCA: "dash", DCT: "dot", WEBP: "solid", JPEG: "dashdot"}
MOST_BITS = 1100  # on the chart
BARE, WHOLE = "Without the empty file", "Whole files"
BARS = ((PLAIN, 150.0, 26.0), (WIDE, 200.0, 28.0), (WIDE, 400.0, WEBP))  # what was asked for: dB, or above WebP
EXAMPLE = 26.0  # dB, at which the network's weight is counted


def show(engine: Engine, measured: Measured) -> None:
    """A sentence, the curves, and what they were asked to be."""
    messages.stale(measured.stale(engine), rates.AGAIN)
    said = takeaway(measured)
    st.markdown(said)
    heads = choice("JPEG and WebP", [BARE, WHOLE], default=BARE, key="compress_heads", label_visibility="collapsed")
    with st.container(key="compress_curves"):
        show_chart(figure(measured, heads == BARE), "compress_chart", said)
    st.markdown(weight(measured))
    st.caption(footnote(measured))


def takeaway(measured: Measured) -> str:
    """Who is ahead where, from the numbers alone."""
    curves = measured.curves[DIGITS]
    parts = []
    early = crossing(curves[VAE], curves[PLAIN])
    if early is not None:
        parts.append(f"Below {early:.0f} bits the VAE is ahead: its training already charged for bits.")
    full = curves[PLAIN][-1]
    parts.append(f"32 numbers never get beyond {full.psnr:.1f} dB, however many bits they take.")
    wide = crossing(curves[PLAIN], curves[WIDE])
    if wide is not None:
        parts.append(f"From {wide:.0f} bits on 128 numbers keep more.")
    for bare, what in ((True, "even without its empty file"), (False, "as a whole file")):
        end = overtaken(curves, bare)
        parts.append(
            f"WebP overtakes the networks at **{end:.0f} bits** {what}."
            if end is not None
            else f"WebP does not overtake them in this range {what}."
        )
    return " ".join(parts)


def overtaken(curves: dict[str, list[Point]], bare: bool) -> float | None:
    """Bits from which WebP is ahead of every network that costs no more; None if it never is."""
    ends = [crossing(curves[name], curves[WEBP], bare) for name in codes.NETWORKS]
    return None if None in ends else max(ends)


def missed(measured: Measured) -> list[str]:
    """What was asked for and not reached."""
    curves, said = measured.curves[DIGITS], []
    for name, bits, mark in BARS:
        own = best_within(curves[name], bits)
        wanted = best_within(curves[mark], bits, bare=True) if isinstance(mark, str) else mark
        if own < wanted:
            said.append(f"{NAMES[name]} at {bits:.0f} bits reach {own:.1f} dB, not {wanted:.1f}")
    return said


def weight(measured: Measured) -> str:
    """What the receiver must have beforehand, and after how many digits it has paid."""
    parts = []
    for name in (PLAIN, WIDE):
        after = pays_after(measured, name, WEBP, EXAMPLE)
        kilobytes = measured.weight[name] / 1000
        if after is not None:
            parts.append(
                f"the decoder of {NAMES[name]} weighs {kilobytes:.0f} kB with its tables, and beside whole WebP files "
                f"of {EXAMPLE:.0f} dB it pays for itself after {round(after, -2):,.0f} digits"
            )
    text = f"**Nobody sends the network along, but somebody must have it:** {'; '.join(parts)}." if parts else ""
    lost = missed(measured)
    return text + (f" Not reached: {'; '.join(lost)}." if lost else "")


def footnote(measured: Measured) -> str:
    """How it was measured."""
    curves = measured.curves[DIGITS]
    png = curves[PNG][0]
    spread = max(point.spread for points in curves.values() for point in points)
    text = (
        f"{explain('PSNR')} {measured.count[DIGITS]:,} test digits, real bytes, each decoded again; no setting chosen "
        f"on them. 95% intervals are within ±{spread:.1f} dB. PNG, which loses nothing: {png.bits:.0f} bits, "
        f"{png.bare:.0f} beyond an empty file."
    )
    at = [best_within(points, 400.0) for points in (curves[WIDE], *measured.seeds)]
    if measured.seeds:
        text += f" 128 numbers at 400 bits by seed: {', '.join(f'{one:.1f}' for one in at)} dB."
    return text


def figure(measured: Measured, bare: bool):
    """PSNR against bits, one line a way; of formats with or without an empty file. Returns: a plotly Figure."""
    _, muted, _, _ = theme.neutral()
    picture = chart(
        360, "PSNR in dB, higher is better", margin={"l": 40, "r": 14, "t": 30, "b": 48}, showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        xaxis={"range": [0, MOST_BITS], "title": {"text": "bits a digit", "standoff": 4}},
        yaxis={"range": [10, 38]},
    )  # fmt: skip
    colors = {VAE: theme.kind_color("vae"), PLAIN: theme.kind_color("ae"), WIDE: theme.kind_color("ae")}
    for name, label in NAMES.items():
        points = measured.curves[DIGITS][name]
        picture.add_scatter(
            x=[point.bare if bare else point.bits for point in points], y=[point.psnr for point in points],
            mode="lines", name=label,
            line={"color": colors.get(name, muted), "width": 2.6 if name in colors else 1.8, "dash": DASHES[name]},
            hovertemplate="%{y:.1f} dB<extra>" + label + "</extra>",
        )  # fmt: skip
    return picture
