// The numbers beside the board.

import { three, two } from "../../../ui/output/verdict/arrows.js"

/**
 * Numbers as they stand beside the plane.
 * @param {any} numbers  of measureField
 * @param {string} kind
 * @returns {{ name: string, value: string, note: string, help: string }[]}
 */
export function planeRows(numbers, kind) {
  const truth = kind === "plain" ? "" : `best possible ${three(numbers.dataBest)}`
  return [
    {
      name: "A noisy point's distance from the data",
      value: `${three(numbers.before)} → ${three(numbers.after)}`,
      note: "before → after one pass",
      help: "Mean distance from 500 noisy points to the nearest data point, before and after the network.",
    },
    {
      name: "Moved, on the data",
      value: three(numbers.onData),
      note: truth,
      help: "Mean distance that the network moves the data's own points. Best possible: the denoiser that knows all points.",
    },
    {
      name: "Moved, at the corners (±1, ±1)",
      value: two(numbers.corners),
      note: `at (±1.5, ±1.5) ${two(numbers.farCorners)}`,
      help: "Mean distance that the network moves the four corners of the marked square.",
    },
    {
      name: "Cosine with the score",
      value: three(numbers.cosine),
      note: "1 is the same direction",
      help: "Between the arrows at 500 noisy points and the exact gradient of the log density of the smoothed data.",
    },
  ]
}

/** Numbers as they stand beside the line. */
export function lineRows(numbers, crossings, points) {
  const stay = crossings.filter(({ stays }) => stays).map(({ x }) => x)
  const gap = [...points].map((x) => Math.min(...stay.map((y) => Math.abs(x - y))))
  return [
    {
      name: "Crossings where points stay",
      value: `${stay.length} of ${points.length}`,
      note: stay.map(two).join(", "),
      help: "Where the curve falls through the diagonal: neighbours on both sides move there.",
    },
    {
      name: "From a data point to its crossing",
      value: gap.every(Number.isFinite) && gap.length ? three(gap.reduce((a, b) => a + b) / gap.length) : "–",
      note: "0 if it crossed at each",
      help: "Mean distance from each data point to the nearest crossing.",
    },
    {
      name: "Moved, on the data",
      value: three(numbers.onData),
      note: `best possible ${three(numbers.dataBest)}`,
      help: "Mean distance that the network moves the data's own points.",
    },
  ]
}
