// A network and its small file, both run here on the visitor's digit, also while a hand draws: the file is the one that is
// shipped, fetched and read as it is (ui/live/small.js).

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { fetchFile } from "../../../ui/live/fetch.js"
import { loadNetwork } from "../../../ui/live/network.js"
import { unpackSmall } from "../../../ui/live/small.js"
import { network, shelve, shelved } from "../../../ui/live/store.js"
import { digitTile } from "../../../ui/output/picture.js"
import { digitsFrom } from "../../../ui/output/tiles.js"
import { PadBoard } from "../../../ui/pad_board.js"
import { mount } from "../../../ui/view.js"
import { paintWeights } from "./weights.js"

const SIGMA = 0.5 // of the noise that the denoiser is given
const PARTS = ["positions of the weights", "their values", "tables", "biases and header"]

/** @param {Component} component */
export default function (component) {
  return mount(component, ".nets", Nets, (view) => {
    view.send = (setting) => component.setStateValue("setting", setting)
  })
}

class Nets extends PadBoard {
  setting = { network: "", sparsity: 0, bits: 0 }
  wholes = new Map() // name -> network
  smalls = new Map() // address -> what unpackSmall makes
  loading = new Set() // names and addresses
  near = false // on the screen, or about to be: before that nothing is fetched
  send = (/** @type {object} */ _setting) => {}

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.set({ sparsity: this.sparsities[this.slider.valueAsNumber] }, false)
    this.slider.onchange = () => this.send(this.setting)
    this.followPad()
    this.followSize(this.find(".weights canvas"))
    const sight = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting || this.near) return
        this.near = true
        this.later()
      },
      { rootMargin: "600px" },
    )
    sight.observe(root)
    this.ends.push(() => sight.disconnect())
  }

  update(data) {
    const before = this.data
    this.data = data
    if (!before || data.fresh !== before.fresh) this.setting = data.setting
    if (this.caughtUp) this.x = digitsFrom(data.x)[0]
    this.later()
  }

  set(change, tell = true) {
    this.setting = { ...this.setting, ...change }
    const most = Math.max(...this.sparsities) // of another network it may be less
    this.setting.sparsity = Math.min(this.setting.sparsity, most)
    if (tell) this.send(this.setting)
    this.later()
  }

  /** Shares of the network's weights that may be 0. */
  get sparsities() {
    return this.data.networks[this.setting.network].sparsities
  }

  get level() {
    const { network: name, sparsity, bits } = this.setting
    return this.data.levels.find((one) => one.network === name && one.sparsity === sparsity && one.bits === bits)
  }

  /** Both networks, or null while they are not here yet. */
  nets() {
    const { network: name } = this.setting
    const { sha256, address: from } = this.data.networks[name]
    const whole = this.wholes.get(name)
    if (!sha256 || !this.near) return null
    if (!whole) {
      if (!shelved(sha256)) shelve(sha256, fetchFile(from).then(loadNetwork))
      this.once(name, () => network(sha256).then((loaded) => this.wholes.set(name, loaded)))
      return null
    }
    const { address } = this.level
    const small = this.smalls.get(address)
    if (!small) {
      this.once(address, async () => this.smalls.set(address, unpackSmall(await fetchFile(address), whole)))
      return null
    }
    return { whole, small }
  }

  once(key, load) {
    if (this.loading.has(key)) return
    this.loading.add(key)
    load().then(
      () => this.root.isConnected && this.later(),
      (error) => {
        this.find(".status").textContent =
          `The networks cannot run in this browser now (${error.message}). Reload the page to try again.`
      },
    )
  }

  show() {
    this.controls()
    this.facts()
    const nets = this.nets()
    if (nets) {
      this.root.dataset.live = this.level.address
      if (this.setting.network === "judge") this.read(nets)
      else this.clean(nets)
      const canvas = /** @type {HTMLCanvasElement} */ (this.root.querySelector(".weights canvas"))
      this.find(".weights figcaption").textContent = paintWeights(canvas, nets.whole, nets.small, this.find(".verdict"))
    }
    this.counted()
  }

  controls() {
    const { networks, bits } = this.data
    const run = (name) => this.set({ network: name })
    const share = (count) => this.set({ bits: count })
    const which = radios(Object.keys(networks), this.setting.network, run, (name) => networks[name].title)
    render(which, this.find(".which"))
    const values = radios(bits, this.setting.bits, share, (count) => `${2 ** count} values`)
    render(values, this.find(".bits"))
    this.slider.max = String(this.sparsities.length - 1)
    this.slider.valueAsNumber = this.sparsities.indexOf(this.setting.sparsity)
    const words = percent(this.setting.sparsity)
    this.slider.setAttribute("aria-valuetext", words)
    this.find("output").textContent = words
  }

  facts() {
    const { size, score, lost, half, parts, address, file } = this.level
    const { whole, single, unit, of } = this.data.networks[this.setting.network]
    const times = Math.round(single / size)
    render(
      html`<b>${kilobytes(size)}</b>${times} × smaller than its ${kilobytes(single)} in single precision`,
      this.find(".size"),
    )
    const change = lost > half ? `${lost.toFixed(2)} ± ${half.toFixed(2)} lost` : "no loss that these digits show"
    render(
      html`<b>${score.toFixed(2)}${unit}</b>${of}, whole ${whole.toFixed(2)}${unit}: ${change}`,
      this.find(".score"),
    )
    render(
      parts.map((part) => html`<i style=${`flex: ${part} 0 0`}></i>`),
      this.find(".bar"),
    )
    const said = PARTS.map((name, i) => `${name} ${kilobytes(parts[i])}`).join(", ")
    this.find(".bar").setAttribute("aria-label", `Where the bytes are: ${said}`)
    render(
      html`The file’s bytes: ${said}. <a href=${new URL(address, location.href).href} download=${file}>Download it</a>`,
      this.find(".parts"),
    )
  }

  /** The judge reads the digit, whole and small. */
  read({ whole, small }) {
    this.tiles([["Your digit", "", this.x]])
    const [before, after] = [whole, small.network].map((net) => /** @type {Float32Array} */ (net.classify?.(this.x)))
    const column = (digit) => html`<span>
      <div title=${`${digit}: whole ${percent(before[digit])}, small ${percent(after[digit])}`}>
        <i style=${`height: ${100 * before[digit]}%`}></i><i style=${`height: ${100 * after[digit]}%`}></i>
      </div>${digit}</span>`
    const columns = Array.from({ length: 10 }, (_, digit) => column(digit))
    render(
      html`${columns}<p>How sure of each digit: grey the whole judge, in colour the small one.</p>`,
      this.find(".reading"),
    )
    const [a, b] = [before, after].map((p) => p.indexOf(Math.max(...p)))
    this.find(".verdict").textContent =
      a === b
        ? `Both read a ${a}: the whole one ${percent(before[a])} sure, the small one ${percent(after[b])}.`
        : `They differ: the whole one reads a ${a}, the small one a ${b}.`
  }

  /** The denoiser cleans the digit, whole and small. */
  clean({ whole, small }) {
    render([], this.find(".reading"))
    const noise = gaussians(784)
    const noisy = this.x.map((value, i) => Math.min(1, Math.max(0, value + SIGMA * noise[i])))
    const [before, after] = [whole, small.network].map((net) => net.forward(noisy))
    const [a, b] = [before, after].map((recon) => psnr(this.x, recon))
    this.tiles([
      ["Your digit", "", this.x],
      ["With noise", decibel(psnr(this.x, noisy)), noisy],
      ["Whole", decibel(a), before],
      ["Small", decibel(b), after],
    ])
    const gap = a - b
    this.find(".verdict").textContent =
      Math.abs(gap) < 0.1
        ? "On this digit both clean equally well."
        : `On this digit the small one is ${Math.abs(gap).toFixed(1)} dB ${gap > 0 ? "behind" : "ahead"}.`
  }

  tiles(rows) {
    const tile = ([name, number]) => html`<figure>
      <canvas role="img" aria-label=${number ? `${name}, ${number}` : name}></canvas>
      <figcaption>${name} <b>${number}</b></figcaption>
    </figure>`
    render(rows.map(tile), this.find(".tiles"))
    this.root.querySelectorAll(".tiles canvas").forEach((canvas, i) => {
      digitTile(/** @type {HTMLCanvasElement} */ (canvas), rows[i][2])
    })
  }
}

const decibel = (value) => `${value.toFixed(1)} dB`

function kilobytes(bytes) {
  const digits = bytes < 100_000 ? 1 : 0
  const number = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toLocaleString("en", number)} kB`
}

/** As much as is meant, and no more: 99.97 % is not certainty. */
function percent(share) {
  const value = 100 * share
  return value > 99.5 && value < 100 ? `${Math.min(99.9, value).toFixed(1)}%` : `${Math.round(value)}%`
}

function psnr(x, recon) {
  return -10 * Math.log10(x.reduce((sum, value, i) => sum + (value - recon[i]) ** 2, 0) / x.length)
}

/** Standard normal numbers, always the same: Box and Muller's, of a small generator (mulberry32). */
function gaussians(count) {
  let state = 7
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return Float32Array.from({ length: count }, () => {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  })
}
