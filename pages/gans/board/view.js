// The plane: how real the critic finds each place, the data, the samples, and the sheet of noise that the generator bends.

import { contextOf } from "../../../ui/output/picture.js"
import { LEAST, NEAR } from "../trainer/data.js"
import { sharp } from "../../../ui/output/canvas.js"

const REACH = 1.45 // of the plane to each side, at least
const ACROSS = 33 // places a side at which the critic is asked
const LINES = 9 // of the sheet, each way
const POINTS = 33 // of a line
const EDGE = 2.2 // of the sheet, in standard deviations of the noise

export class View {
  width = 0 // CSS pixels
  height = 0
  scale = 1 // CSS pixels a unit
  grid = new Float64Array(0)
  picture = document.createElement("canvas")

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas
    this.web = sheet()
    this.fit()
  }

  /** The grid follows the canvas. Returns whether it has changed. */
  fit() {
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight]
    if (!width || (width === this.width && height === this.height)) return false
    this.width = width
    this.height = height
    this.scale = Math.min(width, height) / (2 * REACH)
    const [right, up] = [width / 2 / this.scale, height / 2 / this.scale]
    const [columns, rows] = width > height ? [Math.round((ACROSS * width) / height), ACROSS] : [ACROSS, ACROSS]
    this.picture.width = Math.min(columns, 3 * ACROSS)
    this.picture.height = rows
    this.grid = new Float64Array(2 * this.picture.width * rows)
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < this.picture.width; column++, at += 2) {
        this.grid[at] = (((column + 0.5) / this.picture.width) * 2 - 1) * right
        this.grid[at + 1] = (1 - ((row + 0.5) / rows) * 2) * up
      }
    }
    return true
  }

  place(x, y) {
    return [this.width / 2 + x * this.scale, this.height / 2 - y * this.scale]
  }

  /** @param {any} answer  of the worker; wasserstein: its scores are no log-odds */
  paint(answer, wasserstein, theme) {
    const drawn = sharp(this.canvas)
    if (!drawn || drawn.width !== this.width || answer.scores.length * 2 !== this.grid.length) return
    const { ctx } = drawn
    this.paintScores(ctx, answer.scores, wasserstein, theme)
    this.paintWeb(ctx, answer.web, theme)
    this.paintCentres(ctx, answer, theme)
    this.paintSamples(ctx, answer.samples, theme)
  }

  /** As colour: the probability of being real, or, of Wasserstein scores, where they lie between least and most. */
  paintScores(ctx, scores, wasserstein, { low, high }) {
    let [least, most] = [Infinity, -Infinity]
    for (const score of scores) {
      least = Math.min(least, score)
      most = Math.max(most, score)
    }
    const small = contextOf(this.picture)
    const image = small.createImageData(this.picture.width, this.picture.height)
    scores.forEach((score, i) => {
      const share = wasserstein ? (score - least) / (most - least || 1) : 1 / (1 + Math.exp(-score))
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = low[c] + share * (high[c] - low[c])
      image.data[4 * i + 3] = 255
    })
    small.putImageData(image, 0, 0)
    ctx.imageSmoothingEnabled = true
    ctx.drawImage(this.picture, 0, 0, this.width, this.height)
  }

  paintWeb(ctx, web, theme) {
    ctx.beginPath()
    for (let line = 0, at = 0; line < 2 * LINES; line++) {
      for (let i = 0; i < POINTS; i++, at += 2) {
        const [px, py] = this.place(web[at], web[at + 1])
        i ? ctx.lineTo(px, py) : ctx.moveTo(px, py)
      }
    }
    ctx.lineWidth = 1
    ctx.globalAlpha = 0.42
    ctx.strokeStyle = theme.text
    ctx.stroke()
    ctx.globalAlpha = 1
  }

  /** A ring around each centre: whole where it is found. */
  paintCentres(ctx, { centres, counts, samples }, theme) {
    const least = (LEAST * samples.length) / 2 / counts.length
    counts.forEach((count, k) => {
      const [px, py] = this.place(centres[2 * k], centres[2 * k + 1])
      ctx.setLineDash(count >= least ? [] : [3, 4])
      for (const [width, color] of [
        [count >= least ? 5 : 3.5, theme.ground],
        [count >= least ? 2.6 : 1.5, theme.data],
      ]) {
        ctx.beginPath()
        ctx.arc(px, py, NEAR * this.scale, 0, 7)
        ctx.lineWidth = width
        ctx.strokeStyle = color
        ctx.stroke()
      }
      ctx.setLineDash([])
      ctx.beginPath()
      ctx.arc(px, py, 2.5, 0, 7)
      ctx.fillStyle = theme.data
      ctx.fill()
    })
  }

  paintSamples(ctx, samples, theme) {
    ctx.beginPath()
    for (let i = 0; i < samples.length; i += 2) {
      const [px, py] = this.place(samples[i], samples[i + 1])
      ctx.moveTo(px + 2.4, py)
      ctx.arc(px, py, 2.4, 0, 7)
    }
    ctx.lineWidth = 1.4
    ctx.strokeStyle = theme.ground
    ctx.stroke()
    ctx.fillStyle = theme.primary
    ctx.fill()
  }
}

/** Lines of the plane of noise, as points one after the other: what the generator makes of them shows how it folds it. */
function sheet() {
  const points = /** @type {number[]} */ ([])
  for (const turned of [false, true]) {
    for (let line = 0; line < LINES; line++) {
      const across = EDGE * ((2 * line) / (LINES - 1) - 1)
      for (let i = 0; i < POINTS; i++) {
        const along = EDGE * ((2 * i) / (POINTS - 1) - 1)
        points.push(...(turned ? [across, along] : [along, across]))
      }
    }
  }
  return Float64Array.from(points)
}
