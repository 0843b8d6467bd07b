// A slot machine: 784 random pixels, again and again, as many as fit between two frames; the judge reads every picture,
// and what it takes for a digit goes through an autoencoder, which copies digits only.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { withNetwork } from "../../../ui/live/store.js"
import { aDigit } from "../../../ui/output/article.js"
import { digitTile } from "../../../ui/output/picture.js"
import { mount } from "../../../ui/view.js"

const SURE = 0.9
const BUDGET = 9 // ms a frame that drawing and reading may take
const CALM = 800 // ms between two pictures shown, for who asked for reduced motion
const KINDS = [
  { id: "grey", label: "Any grey", draw: () => Math.random() },
  { id: "ink", label: "As much ink as a digit", draw: (data) => Number(Math.random() < data.ink) },
]

/** @param {Component} component */
export default function (component) {
  return mount(component, ".slots", Machine, (machine) => {
    machine.send = (kind) => component.setStateValue("kind", kind)
  })
}

class Machine {
  data = /** @type {any} */ (null)
  kind = KINDS[0]
  running = false
  drawn = 0
  sure = 0
  copied = 0
  best = 0 // the judge's highest share so far
  shown = 0 // when a picture was painted last
  x = new Float32Array(784)
  judge = /** @type {any} */ (null)
  back = /** @type {any} */ (null)
  send = (/** @type {string} */ _kind) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    root.querySelector(".go").onclick = () => this.run(!this.running)
  }

  update(data) {
    const first = !this.data
    const kind = KINDS.find(({ id }) => id === data.kind) ?? KINDS[0]
    if (!first && data.kind !== this.data.kind && kind !== this.kind) this.choose(kind)
    this.data = data
    if (!first) return
    this.kind = kind
    for (const name of ["judge", "back"]) {
      withNetwork(
        data.networks[name],
        (loaded) => {
          this[name] = loaded
          this.tell()
        },
        (why) => (this.root.querySelector(".status").textContent = `The live network is not available: ${why}`),
      )
    }
    this.next()
    this.restart()
  }

  restart() {
    Object.assign(this, { drawn: 0, sure: 0, copied: 0, best: 0 })
    this.root.querySelector(".caught").classList.add("none")
    this.root.querySelector(".caught p").textContent = ""
    this.next()
    digitTile(this.root.querySelector("canvas"), this.x)
    this.tell()
  }

  choose(kind) {
    this.kind = kind
    this.restart()
    this.send(kind.id)
  }

  run(on) {
    this.running = on && Boolean(this.judge && this.back)
    this.tell()
    if (this.running) requestAnimationFrame((now) => this.frame(now))
  }

  next() {
    for (let i = 0; i < this.x.length; i++) this.x[i] = this.kind.draw(this.data)
  }

  frame(now) {
    if (!this.running) return
    if (!this.root.isConnected) {
      this.running = false
      return
    }
    const start = performance.now()
    do this.pull()
    while (performance.now() - start < BUDGET)
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    if (!calm || now - this.shown > CALM) {
      this.shown = now
      digitTile(this.root.querySelector("canvas"), this.x)
      this.tell()
    }
    requestAnimationFrame((later) => this.frame(later))
  }

  /** One picture. */
  pull() {
    this.next()
    this.drawn += 1
    const shares = this.judge.classify(this.x)
    const most = Math.max(...shares)
    if (most >= SURE) {
      this.sure += 1
      const recon = this.back.forward(this.x)
      const off = Math.sqrt(this.x.reduce((sum, value, i) => sum + (value - recon[i]) ** 2, 0))
      if (off <= this.data.furthest) this.copied += 1
    }
    if (most <= this.best) return
    this.best = most
    const caught = this.root.querySelector(".caught")
    caught.classList.remove("none")
    digitTile(caught.querySelector("canvas"), this.x)
    const words = `The judge's surest so far: ${aDigit(shares.indexOf(most))}, ${(100 * most).toFixed(1)}%`
    caught.querySelector("canvas").setAttribute("aria-label", words)
    caught.querySelector("p").textContent = words
  }

  tell() {
    const text = (name, words) => (this.root.querySelector(name).textContent = words)
    const count = (number) => number.toLocaleString("en")
    const share = this.drawn ? ` (${((100 * this.sure) / this.drawn).toFixed(1)}%)` : ""
    text(".go", this.running ? "Stop" : "Start")
    text(".drawn", count(this.drawn))
    text(".sure", `${count(this.sure)}${share}`)
    text(".copied", count(this.copied))
    render(
      KINDS.map(
        (
          kind,
        ) => html`<button type="button" aria-pressed=${String(kind === this.kind)} @click=${() => this.choose(kind)}
          >${kind.label}</button>`,
      ),
      this.root.querySelector(".kinds"),
    )
    this.root.querySelector("button").disabled = !(this.judge && this.back)
    this.root.dataset.ready = this.judge && this.back ? "1" : ""
  }
}
