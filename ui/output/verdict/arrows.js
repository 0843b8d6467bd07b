// What a small network's arrows make of the textbook's sentences, in the browser, where it trains.

export const two = (value) => value.toFixed(2).replace("-", "\u2212")
export const three = (value) => value.toFixed(3).replace("-", "\u2212")

/**
 * The textbook's sentences, and what this network does: claim, answer, whether it holds ("yes", "nearly", "no").
 * @returns {{ claim: string, answer: string, holds: string }[]}
 */
export function planeClaims(numbers, { kind, sigma, shape }) {
  const { onData, dataBest, corners, farCorners, before, after, cosine } = numbers
  const copies = after > 0.9 * before
  if (copies && kind === "plain") {
    return [
      {
        claim: "To reconstruct the data is to know them.",
        holds: "no",
        answer: `It reconstructs them to ${three(onData)}, and noise as well: of a noisy point's ${three(before)} from the data, ${three(after)} remain. Nothing told it to do anything but copy.`,
      },
      {
        claim: "The arrows point to the data.",
        holds: cosine > 0.9 ? "nearly" : "no",
        answer: `Cosine with the score ${two(cosine)}: what little moves was never trained to.`,
      },
    ]
  }
  const mean =
    "It answers with the mean of all points that x may come from, and on a bend or at an end the mean lies inside."
  let moves = `They move ${three(onData)}; the best possible denoiser moves them ${three(dataBest)}. ${mean}`
  if (onData > 1.6 * dataBest + 0.01) moves += " The rest is training that is still missing."
  else if (onData < 0.75 * dataBest) moves += " With more training they move more, not less."
  else moves += " More training does not help, less noise does."
  return [
    {
      claim: "Points on the manifold do not move.",
      holds: onData < 0.01 ? "yes" : "nearly",
      answer: moves,
    },
    {
      claim: "Points far away move a lot, the corners about 1.",
      holds: corners > 0.85 && corners < 1.15 ? "yes" : "nearly",
      answer: `${two(corners)} from (±1, ±1), ${two(farCorners)} from (±1.5, ±1.5): it depends on how far the data are from there. Noise of ${two(sigma)} seldom comes so far, so out there the network extends what it learned nearer by.`,
    },
    {
      claim: "r(x) − x points up the density, as the score does.",
      holds: cosine > 0.95 ? "yes" : cosine > 0.85 ? "nearly" : "no",
      answer: `Cosine ${two(cosine)} with the exact score of ${shape === "own" ? "your points" : "these points"}, smoothed with σ = ${two(sigma)}.${kind === "contractive" ? " Contractive training knows no noise, and comes near it all the same: for small σ both have one minimum." : ""}`,
    },
  ]
}

/**
 * The lecture's sentence about the room between its two branches.
 * @param {number} middle  mean distance that points of the middle line are moved
 * @param {number} beside  the same half-way to a branch
 */
export function betweenClaim(middle, beside) {
  return {
    claim: "Between the branches nothing moves, drawn to both.",
    holds: beside < 0.02 ? "yes" : "nearly",
    answer: `On the middle line ${three(middle)}, half-way to a branch ${three(beside)}: there both pulls cancel, here the nearer one wins. A point balances in the middle and does not stay.`,
  }
}

/**
 * The same for points that wander.
 * @param {number[][][]} chains  samples of each
 * @param {Float64Array} data  whose first half is one moon or branch, where `pieces`
 */
export function chainClaims(chains, data, pieces) {
  let [sum, count, crossed] = [0, 0, 0]
  for (const chain of chains) {
    let side = /** @type {?boolean} */ (null)
    for (const [x, y] of chain.slice(20)) {
      let [nearest, at] = [Infinity, 0]
      for (let i = 0; i < data.length; i += 2) {
        const far = Math.hypot(x - data[i], y - data[i + 1])
        if (far < nearest) [nearest, at] = [far, i]
      }
      sum += nearest
      count++
      const now = at < data.length / 2
      if (side !== null && now !== side) crossed++
      side = now
    }
  }
  if (count < 50) return []
  const crossings = pieces ? ` They crossed from one piece to the other ${crossed} times.` : ""
  return [
    {
      claim: "To corrupt and denoise in turn is to draw from the data.",
      holds: "nearly",
      answer: `${count} samples lie ${three(sum / count)} from the data on average.${crossings} A true draw would take one of the points that x may come from; this network answers with their mean, so the chain keeps to the inside.`,
    },
  ]
}

/** The same for the line; best: the crossings of the best possible denoiser. */
export function lineClaims(crossings, best, points, kind) {
  const [stay, possible] = [crossings, best].map((list) => list.filter(({ stays }) => stays).length)
  const claim = "The reconstruction crosses the identity at each data point."
  if (stay >= points.length && kind !== "plain") {
    const answer = "One crossing where points stay near each data point, and between two of them one that points leave."
    return [{ claim, holds: "yes", answer }]
  }
  let answer = `${stay} ${stay === 1 ? "crossing" : "crossings"} where points stay, for ${points.length} data points. `
  if (kind === "plain") answer += "It lies on the identity as far as it can: nothing told it to do anything but copy."
  else if (possible < points.length) {
    answer += `Even the best possible denoiser, dotted, has ${possible}: points nearer than about two σ share one. Turn the noise down, and they part.`
  } else answer += `The best possible denoiser, dotted, has ${possible}: this network is not there yet.`
  return [{ claim, holds: "no", answer }]
}
