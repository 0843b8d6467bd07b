// The loss of the network on the board, in numbers that change with every look at it: of one point, then of the batch.

const FRAMES = 15 // looks between two changes of the numbers, so that one can read them

/** @param {Component} component */
export default function ({ parentElement }) {
  const root = parentElement.querySelector(".numbers")
  if (!root.textContent) root.textContent = "The numbers come with the next step of the training."
  let looks = 0
  const hear = (event) => {
    if (looks++ % FRAMES && event.detail.playing) return
    if (event.detail.batch) root.innerHTML = lines(event.detail)
  }
  document.addEventListener("field:look", hear)
  return () => document.removeEventListener("field:look", hear)
}

/** What the training tells of its last step. */
function lines({ steps, parts, batch, recipe, dim, walkers }) {
  const { kind, sigma } = recipe
  const at = (values) => [...values.slice(0, dim)]
  const [clean, given] = [at(batch.clean), at(batch.given)]
  const moved = walkers.denoise(given)
  const error = moved.reduce((sum, value, d) => sum + (value - clean[d]) ** 2, 0)
  const rows = [
    ["x", place(clean), "a point of the data"],
    ...(kind === "denoising" ? [["x + σε", place(given), `the same with noise, σ = ${sigma}`]] : []),
    [kind === "denoising" ? "r(x + σε)" : "r(x)", place(moved), "where the network sends it"],
    ["‖ · ‖²", error.toFixed(4), "squared distance to x"],
  ]
  const whole = parts.recon + (kind === "contractive" ? sigma ** 2 * parts.slopes : 0)
  const sum =
    kind === "contractive"
      ? `${parts.recon.toFixed(4)} + ${sigma}² × ${parts.slopes.toFixed(3)} = ${whole.toFixed(4)}`
      : whole.toFixed(4)
  rows.push(["L", sum, `mean over the ${batch.clean.length / dim} points of step ${steps.toLocaleString("en")}`])
  return rows.map(([name, value, note]) => `<div><i>${name}</i><b>${value}</b><span>${note}</span></div>`).join("")
}

const place = (values) => `(${values.map((value) => value.toFixed(2).replace("-", "\u2212")).join(", ")})`
