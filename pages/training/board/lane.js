// One run: its worker, and what is seen of it.

import { LOSSES } from "../trainer/losses.js"
import { checkpoint, shapeOf } from "./keep.js"
import { Curve, fitTiles, paintKernels, paintTiles, Plane } from "./paint.js"

const DIGITS = 10 // digits
const SECURE = Boolean(globalThis.crypto?.subtle) // a file of a network carries a hash
const SHEET = [12, 1] // across, down
const NAMES = {
  lr: "rate",
  batch: "batch",
  beta: "β",
  noise: "noise",
  copies: "L",
  width: "units",
  latent: "d",
  activation: "units",
  loss: "loss",
}
/** Key, title, digits, unit, and what it is. @type {[string, string, number, string, string][]} */
export const MEASURES = [
  ["squared", "½ squared error", 1, "", "Half the squared error of a held-out digit. Lower is better."],
  [
    "nats",
    "Cross-entropy",
    0,
    " nats",
    "Cross-entropy of a held-out digit's pixels, read as probabilities of ink. Lower is better.",
  ],
  ["grey", "Grey pixels", 0, "%", "Share of the network's pixels between 0.1 and 0.9. Lower is sharper."],
  [
    "right",
    "Code, k-NN",
    0,
    "%",
    "Share of test digits whose 15 nearest training codes name their class. Higher is better.",
  ],
]

export class Lane {
  recipe = /** @type {any} */ (null)
  answer = /** @type {any} */ (null)
  numbers = /** @type {Object<string, number>} */ ({})
  steps = 0
  begun = 0
  asked = false
  dirty = true
  lookedAt = -Infinity
  pictures = /** @type {?Float32Array} */ (null)

  /**
   * @param {any} root
   * @param {string} color
   * @param {any} digits  see worker.js
   * @param {any} board
   */
  constructor(root, color, digits, board) {
    this.root = root
    this.color = color
    this.digits = digits
    this.board = board
    root.style.setProperty("--lane", color)
    root.innerHTML = `<h2>
        <i></i><span class="name"></span><small></small>
        <span class="along">
          <button type="button" class="use" title="Use this network in Denoise and on the Latent map">Use it</button>
          <button type="button" class="keep" aria-label="Download" title="Download: aecore.load reads it, and Denoise and Latent map open it">
            <svg viewBox="0 0 24 24" aria-hidden="true" class="line"><path d="M12 4v11M7 11l5 5 5-5M5 20h14" /></svg>
          </button>
        </span>
      </h2>
      <p class="broken" role="alert" hidden><span></span> <button type="button" class="back"></button></p>
      <div class="pictures">
        <canvas class="tiles" role="img" aria-label="What the network makes of the ten digits"></canvas>
        <dl>${MEASURES.map(([, title, , , help]) => `<div title="${help}"><dt>${title}</dt><dd>–</dd></div>`).join("")}</dl>
        <canvas class="kernels" role="img" aria-label="Weights of twelve first-layer units"></canvas>
      </div>
      <canvas class="curve" role="img" aria-label="The loss"></canvas>
      <div class="map"><canvas class="plane" role="img"></canvas><small></small></div>`
    this.tiles = root.querySelector(".tiles")
    this.kernels = root.querySelector(".kernels")
    fitTiles(this.tiles, DIGITS)
    fitTiles(this.kernels, ...SHEET)
    this.curve = new Curve(root.querySelector(".curve"))
    this.plane = new Plane(root.querySelector(".plane"))
    this.worker = new Worker(board.script, { type: "module" })
    this.worker.onmessage = ({ data }) => (data.kept ? this.leave(data) : this.hear(data))
    this.worker.onerror = () => board.fail()
    const { x, y, xTest, yTest } = digits
    this.worker.postMessage({ do: "digits", x, y, xTest, yTest })
    this.find(".back").onclick = () => this.post({ do: "back" })
    for (const way of ["use", "keep"]) {
      const button = root.querySelector(`.${way}`)
      button.onclick = () => this.worker.postMessage({ do: "keep", way })
      button.disabled = !SECURE
    }
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  close() {
    this.worker.terminate()
  }

  /** Another recipe: the run goes on under it, unless its seed has changed. */
  update(recipe, titles) {
    const before = this.recipe
    this.recipe = recipe
    this.title = titles[recipe.loss]
    this.root.querySelector(".name").textContent = this.title
    this.root.querySelector("h2 small").textContent = shapeOf(recipe)
    const numbers = LOSSES[recipe.loss].rule ? recipe.width : recipe.latent
    const across = numbers > 2 ? `${numbers} numbers, by their first two principal components` : "by its two numbers"
    this.root.querySelector(".plane").setAttribute("aria-label", `1,000 test digits: the code, ${across}`)
    this.root.querySelector(".map small").textContent =
      numbers > 2 ? `code: ${numbers} numbers, PCA` : "code: 2 numbers"
    if (!before || before.seed !== recipe.seed) return this.begin()
    const news = Object.keys(NAMES).filter((name) => before[name] !== recipe[name])
    if (!news.length) return
    this.worker.postMessage({ do: "change", recipe })
    for (const name of news) {
      const value = name === "loss" ? this.title : recipe[name]
      this.curve.mark(this.steps, name, `${NAMES[name]} ${value}`, name === "loss" || name === "beta")
    }
    if (news.includes("loss")) this.numbers = {}
    this.dirty = true
  }

  begin() {
    this.worker.postMessage({ do: "begin", recipe: this.recipe })
    this.begun++
    this.curve.clear()
    this.numbers = {}
    this.steps = 0
    this.dirty = true
  }

  post(message) {
    this.worker.postMessage(message)
    this.dirty = true
  }

  /** Asks for news, if none are on their way. */
  look(now, pause, playing) {
    if (this.asked || !(playing || this.dirty) || now - this.lookedAt < pause) return
    this.asked = true
    this.dirty = false
    this.lookedAt = now
    this.worker.postMessage({ do: "look", shown: this.digits.shown })
  }

  hear(answer) {
    this.asked = false
    if (answer.begun !== this.begun) return this.board.ask()
    this.steps = answer.steps
    this.warn(answer)
    if (answer.broken) return this.board.ask()
    this.answer = answer
    this.curve.cut(answer.steps)
    this.pictures = answer.pictures
    if (answer.plane) this.plane.learn(answer.plane)
    if (answer.kernels) paintKernels(this.kernels, answer.kernels, ...SHEET)
    this.curve.add(answer.trail, answer.held)
    if (answer.held) {
      const { squared, nats, grey } = answer.held
      Object.assign(this.numbers, { squared, nats, grey: 100 * grey })
    }
    if (answer.right !== null) this.numbers.right = 100 * answer.right
    this.board.heard(this)
  }

  /** Says when the numbers of the network are no numbers any more, and offers the way back. */
  warn({ broken = false, steps, back }) {
    const note = this.find(".broken")
    if (note.hidden !== broken) return
    note.hidden = !broken
    for (const way of ["use", "keep"]) this.find(`.${way}`).disabled = broken || !SECURE
    if (!broken) return
    const place = back > 0 ? `step ${back.toLocaleString("en")}` : "the start"
    this.find(".broken span").textContent =
      `At step ${steps.toLocaleString("en")} the loss stopped being a number: the steps were too long. ` +
      `Lower the learning rate, or go back and try again.`
    this.find(".back").textContent = `Back to ${place}`
  }

  /** Pixels as the visitor wants them: their means, or drawn from the likelihood. */
  paintPictures(drawn) {
    const { pictures, answer, recipe } = this
    if (!pictures) return
    const { likelihood, variational, learned } = LOSSES[recipe.loss]
    const sigma = learned ? answer.sigma : variational ? 1 : Math.sqrt((2 * (this.numbers.squared ?? 30)) / 784)
    const draw = likelihood === "bernoulli" ? (p) => (Math.random() < p ? 1 : 0) : (p) => p + sigma * normal()
    paintTiles(this.tiles, drawn ? Float32Array.from(pictures, draw) : pictures, DIGITS)
  }

  /** @param {?Lane} other  the one beside it */
  write(other) {
    const places = this.root.querySelectorAll("dd")
    MEASURES.forEach(([name, , digits, unit], i) => {
      const [ours, theirs] = [this.numbers[name], other?.numbers[name]]
      const known = ours !== undefined && theirs !== undefined && name !== "grey"
      places[i].textContent = !Number.isFinite(ours) ? "–" : ours.toFixed(digits) + unit
      places[i].className = known && (name === "right" ? ours > theirs : ours < theirs) ? "best" : ""
    })
  }

  /** The network leaves the worker, as a file: for the other pages, or for a folder of the visitor's. */
  async leave({ kept, way }) {
    const file = await checkpoint(kept, this.title)
    if (way === "use") return this.board.give(file)
    const link = document.createElement("a")
    link.href = URL.createObjectURL(file)
    link.download = "my-network.safetensors"
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }
}

/** A standard normal number, of any stream: these pixels are for the eye alone. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}
