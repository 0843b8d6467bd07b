// Two players in the plane: they learn in a Web Worker, while this thread draws them. Nothing is sent to the server but
// what a bet asks for.
//
// data (pages/gans/board/__init__.py): recipe (see ../trainer/duel.js), label, asked

import { Player } from "../../../ui/live/train/player.js"
import { mount } from "../../../ui/view.js"
import { colorsOf } from "./canvas.js"
import { FoundCurve } from "./curve.js"
import { Seeds } from "./seeds.js"
import { View } from "./view.js"
import { serve } from "./worker.js"

const LOOK = 40 // ms between two questions to the worker, at least
const REST = 8000 // steps without a change, after which the training pauses by itself
const LIVE = ["game", "strength", "power", "lr", "criticLr", "criticSteps", "noise"] // may change while it runs

if (typeof document === "undefined" && typeof postMessage === "function") serve(globalThis) // this very file, as the worker

/** @param {Component} component */
export default function (component) {
  return mount(component, ".duel", Board, (board) => {
    board.tell = (name, value) => component.setStateValue(name, value)
  })
}

export class Board extends Player {
  data = /** @type {any} */ (null)
  tell = /** @type {(name: string, value: any) => void} */ (() => {})
  asked = false // the worker owes an answer
  begun = 0
  lookedAt = -Infinity

  /** @param {Skeleton} root */
  constructor(root) {
    super()
    this.listen(root)
    this.canvas = this.find("canvas.view")
    this.view = new View(this.canvas)
    this.curve = new FoundCurve(this.find("canvas.curve"))
    this.seeds = new Seeds(
      this.find(".runs"),
      () => new Worker(import.meta.url, { type: "module" }),
      () => this.decide(),
    )
    this.find(".twenty").onclick = () => this.runSeeds()
    this.resized = new ResizeObserver(() => {
      if (this.view.fit()) this.dirty = true
      this.ask()
    })
    this.resized.observe(this.canvas)
    try {
      this.worker = new Worker(import.meta.url, { type: "module" })
      this.worker.onmessage = ({ data }) => this.hear(data)
      this.worker.onerror = () => this.fail()
    } catch {
      this.fail()
    }
  }

  fail() {
    this.worker = undefined
    this.find(".note").textContent = "This browser runs no Web Workers here, so it cannot train. Try another browser."
  }

  close() {
    super.close()
    this.worker?.terminate()
    this.seeds.stop()
    this.resized.disconnect()
  }

  // ---- what Python says

  update(data) {
    const before = this.data
    this.data = data
    this.theme = colorsOf(this.root)
    const { recipe } = data
    const anew = JSON.stringify(Object.entries(recipe).filter(([name]) => !LIVE.includes(name)))
    if (anew !== this.fixed) this.begin()
    else if (JSON.stringify(recipe) !== JSON.stringify(before.recipe)) this.change()
    this.fixed = anew
    if (!before) {
      this.decided = data.asked
      this.play(true)
    } else if (data.asked !== before.asked) {
      this.runSeeds()
    }
    this.ask()
  }

  recolor() {
    this.theme = colorsOf(this.root)
    this.ask()
  }

  reset() {
    this.begin()
  }

  begin() {
    this.worker?.postMessage({ do: "begin", recipe: this.data.recipe })
    this.begun++
    this.since = 0
    this.curve.clear()
    this.dirty = true
    this.ask()
  }

  change() {
    const { recipe } = this.data
    const changed = Object.fromEntries(LIVE.map((name) => [name, recipe[name]]))
    this.worker?.postMessage({ do: "change", recipe: changed })
    this.since = this.answer?.steps ?? 0
    if (!this.playing) this.play(true)
  }

  /** A bet's question, answered once with what twenty seeds found. */
  decide() {
    const { data, seeds } = this
    if (data.asked === this.decided) return
    this.decided = data.asked
    const [{ all, found }] = seeds.runs
    this.tell("found", { asked: data.asked, all, modes: found.map(({ modes }) => modes) })
  }

  // ---- what the worker says

  hear(answer) {
    this.asked = false
    if (answer.begun !== this.begun) return this.goOn() // of a training that is gone
    this.answer = answer
    this.curve.add(answer.history)
    this.root.dataset.step = String(answer.steps)
    if (this.playing && answer.steps - this.since > REST) this.play(false)
    this.ask()
  }

  // ---- one frame

  draw(now) {
    const { view, data, worker, answer } = this
    if (!this.root.isConnected || !data) return
    if (worker && !this.asked && (this.playing || this.dirty) && now - this.lookedAt > LOOK) {
      this.dirty = false
      this.asked = true
      this.lookedAt = now
      worker.postMessage({ do: "look", grid: view.grid, web: view.web })
    }
    if (answer && this.outdated()) {
      view.paint(answer, data.recipe.game.startsWith("wgan"), this.theme)
      this.curve.paint(answer.centres.length / 2, this.theme)
      this.write()
    }
    if (this.playing || this.dirty) this.goOn()
  }

  /** What stands beside the board, and what it shows for those who do not see it. */
  write() {
    const { answer, playing } = this
    const { modes, good } = this.curve.moments[this.curve.moments.length - 1] ?? { modes: 0, good: 0 }
    const all = answer.centres.length / 2
    const pace = playing && answer.rate ? ` · ${Math.round(answer.rate / 10) * 10}/s` : ""
    this.find(".modes").textContent = `${modes} of ${all}`
    this.find(".good").textContent = `${Math.round(100 * good)}%`
    this.find(".critic").textContent = answer.losses.critic.toFixed(3)
    this.find(".generator").textContent = answer.losses.generator.toFixed(3)
    this.find(".count").textContent = `step ${answer.steps.toLocaleString("en")}${pace}`
    this.canvas.setAttribute(
      "aria-label",
      `Samples of the generator among ${all} Gaussians: ${modes} found, ${Math.round(100 * good)}% of the samples near one.`,
    )
  }

  // ---- what the visitor does

  /** The board's own training rests meanwhile: the seeds want the processor. */
  runSeeds() {
    if (!this.worker) return
    this.play(false)
    this.seeds.start(this.data.recipe, this.data.label, this.data.recipe.shape === "ring" ? 8 : 25)
  }
}
