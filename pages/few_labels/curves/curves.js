// Measured test errors against the number of labels, and a slider that reads them off; nothing here asks the server.

import { html, render, svg } from "../../../ui/vendor/lit-html.js"
import { Board } from "../../../ui/board.js"
import { mount } from "../../../ui/view.js"

const PLOT = { left: 44, right: 14, top: 10, bottom: 26 } // px around the plot
const TICKS = [1, 2, 5, 10, 20, 50] // percent
const LOW = 0.8
const HIGH = 70

/** @param {Component} component */
export default function (component) {
  return mount(component, ".curves", Curves, (view) => {
    view.send = (labels) => component.setStateValue("labels", labels)
  })
}

class Curves extends Board {
  at = 0 // place of the number of labels
  send = (/** @type {number} */ _labels) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.plot = this.root.querySelector("svg")
    this.slider = this.root.querySelector("input")
    this.slider.oninput = () => this.move(this.slider.valueAsNumber)
    this.slider.onchange = () => this.send(this.data.counts[this.at])
    this.plot.onpointerdown = (event) => {
      this.plot.setPointerCapture(event.pointerId)
      this.point(event)
    }
    this.plot.onpointermove = (event) => {
      if (event.buttons) this.point(event)
    }
    this.plot.onpointerup = () => this.send(this.data.counts[this.at])
    this.followSize(this.plot)
  }

  update(data) {
    if (!this.data || data.fresh !== this.data.fresh) this.at = data.counts.indexOf(data.labels)
    this.data = data
    this.slider.max = String(data.counts.length - 1)
    this.later()
  }

  point(event) {
    const { left, width } = this.plot.getBoundingClientRect()
    const share = (event.clientX - left - PLOT.left) / (width - PLOT.left - PLOT.right)
    const last = this.data.counts.length - 1
    this.move(Math.min(Math.max(Math.round(share * last), 0), last))
  }

  move(at) {
    this.at = at
    this.later()
  }

  show() {
    const { counts, lines } = this.data
    this.slider.valueAsNumber = this.at
    this.slider.ariaValueText = `${counts[this.at].toLocaleString("en")} labels`
    this.draw(this.plot.clientWidth, this.plot.clientHeight)
    render(verdict(lines, counts, this.at), this.root.querySelector(".verdict"))
    render(legend(lines, this.at, this.data.others.length), this.root.querySelector(".rows"))
    this.counted()
  }

  draw(width, height) {
    if (!width) return
    const { counts, lines, others } = this.data
    const x = (place) => PLOT.left + (place / (counts.length - 1)) * (width - PLOT.left - PLOT.right)
    const tall = height - PLOT.top - PLOT.bottom
    const y = (error) =>
      PLOT.top + (Math.log(HIGH / Math.min(Math.max(error, LOW), HIGH)) / Math.log(HIGH / LOW)) * tall
    const path = (errors) => errors.map((error, i) => `${i ? "L" : "M"}${x(i)} ${y(error)}`).join("")
    const band = ({ mean, half }) => {
      const back = mean.map((error, i) => `L${x(i)} ${y(error - half[i])}`).reverse()
      return `${path(mean.map((error, i) => error + half[i]))}${back.join("")}Z`
    }
    const short = (count) => (count >= 1000 ? `${count / 1000}k` : count)
    render(
      svg`${TICKS.map(
        (tick) => svg`<line class="grid" x1=${PLOT.left} x2=${width - PLOT.right} y1=${y(tick)} y2=${y(tick)}></line>
          <text x=${PLOT.left - 8} y=${y(tick) + 4} text-anchor="end">${tick}%</text>`,
      )}
      ${counts.map((count, i) => svg`<text x=${x(i)} y=${height - 6} text-anchor="middle">${short(count)}</text>`)}
      <text x=${PLOT.left + 6} y=${PLOT.top + 10}>Test error, lower is better</text>
      ${others.map((errors) => svg`<path class="other" d=${path(errors)}></path>`)}
      ${lines.map((line) => svg`<path class="band" fill=${line.color} d=${band(line)}></path>`)}
      ${lines.map(
        (line) =>
          svg`<path class="line" stroke=${line.color} stroke-dasharray=${line.dash} d=${path(line.mean)}></path>`,
      )}
      <line class="now" x1=${x(this.at)} x2=${x(this.at)} y1=${PLOT.top} y2=${height - PLOT.bottom}></line>
      ${lines.map((line) => svg`<circle r="4" cx=${x(this.at)} cy=${y(line.mean[this.at])} fill=${line.color}></circle>`)}`,
      this.plot,
    )
  }
}

/** The best code with pretraining beside a network without. */
function verdict(lines, counts, at) {
  const best = Math.min(...lines.filter((line) => line.pretrained).map((line) => line.mean[at]))
  const scratch = lines.find((line) => line.key === "scratch").mean[at]
  const saved = scratch - best
  const worth = saved < 0 ? `costs ${(-saved).toFixed(1)}` : `saves ${saved.toFixed(1)}`
  return html`With <b>${counts[at].toLocaleString("en")}</b> labels, the best pretrained network ${worth} errors in 100
    digits: <b>${best.toFixed(1)}</b> instead of <b>${scratch.toFixed(1)}</b> from scratch.`
}

/** All methods, the best at the slider first. */
function legend(lines, at, others) {
  const sorted = [...lines].sort((a, b) => a.mean[at] - b.mean[at])
  return html`${sorted.map(
    ({ name, color, dash, mean, half }) => html`<svg aria-hidden="true">
          <line x1="0" x2="34" y1="5" y2="5" stroke=${color} stroke-width="3" stroke-dasharray=${dash}></line>
        </svg>
        <span>${name}</span>
        <b>${mean[at].toFixed(1)} <i>± ${half[at].toFixed(1)}%</i></b>`,
  )}
    <p>Thin lines: ${others} other encoders of this lab.</p>`
}
