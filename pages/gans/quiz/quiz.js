// Ten pairs of digits, one of each real. Which is pressed, and who was taken in, stays in this browser.
//
// data (pages/gans/quiz/__init__.py): round, pixels, real, names

import { digitCanvas, digitsFrom, paintDigit } from "../../../ui/output/tiles.js"
import { mount } from "../../../ui/view.js"

const Z = 1.96 // of a 95 % interval

/** @param {Component} component */
export default function (component) {
  return mount(component, ".quiz", Quiz, (quiz) => {
    quiz.next = () => component.setTriggerValue("next", true)
  })
}

/**
 * Share and its 95 % interval by Wilson 1927, which also holds for few tries and for none missed.
 * @param {number} hits
 * @param {number} tries
 * @returns {[number, number, number]}
 */
export function wilson(hits, tries) {
  const share = hits / tries
  const square = (Z * Z) / tries
  const middle = (share + square / 2) / (1 + square)
  const half = (Z * Math.sqrt((share * (1 - share)) / tries + square / (4 * tries))) / (1 + square)
  return [share, middle - half, middle + half]
}

class Quiz {
  round = -1
  at = 0 // the pair that is asked
  answered = false
  tally = /** @type {Map<string, { hits: number, tries: number }>} */ (new Map())
  next = () => {}
  data = /** @type {any} */ (null)
  digits = /** @type {Float32Array[]} */ ([])

  /** @param {Skeleton} root */
  constructor(root) {
    this.root = root
    this.buttons = [this.find(".one"), this.find(".two")]
    this.buttons.forEach((button, place) => {
      const old = button.querySelector("canvas")
      button.replaceChild(digitCanvas(), old)
      button.onclick = () => this.answer(place)
    })
    this.find(".go").onclick = () => this.goOn()
  }

  find(selector) {
    return this.root.querySelector(selector)
  }

  update(data) {
    if (data.round === this.round) return
    this.data = data
    this.round = data.round
    this.digits = digitsFrom(data.pixels)
    this.at = 0
    this.ask()
  }

  ask() {
    const { data, at } = this
    this.answered = false
    this.find(".number").textContent = `Pair ${at + 1} of ${data.real.length}: which is real?`
    this.find(".verdict").textContent = ""
    this.find(".go").hidden = true
    this.buttons.forEach((button, place) => {
      button.removeAttribute("data-real")
      paintDigit(button.querySelector("canvas"), this.digits[2 * at + place])
    })
    this.write()
  }

  answer(place) {
    if (this.answered) return
    const { data, at, tally } = this
    const [real, name] = [data.real[at], data.names[at]]
    this.answered = true
    const entry = tally.get(name) ?? { hits: 0, tries: 0 }
    entry.tries++
    if (place === real) entry.hits++
    tally.set(name, entry)
    this.buttons.forEach((button, other) => {
      button.dataset.real = other === real ? "yes" : "no"
    })
    const side = real ? "right" : "left"
    this.find(".verdict").textContent =
      place === real ? `Right: the other is the ${name}'s.` : `No: the ${name} drew that one. The ${side} one is real.`
    const last = at + 1 === data.real.length
    this.find(".go").textContent = last ? "Ten more pairs" : "Next pair"
    this.find(".go").hidden = false
    this.find(".go").focus({ preventScroll: true })
    this.write()
  }

  goOn() {
    this.at++
    this.buttons[0].focus({ preventScroll: true }) // the pressed button goes: a keyboard would begin at the page's top
    if (this.at === this.data.real.length) return this.next()
    this.ask()
  }

  /** How often the real one was found beside each network's digits. */
  write() {
    const place = this.find(".tally")
    if (!this.tally.size) {
      place.textContent = ""
      return
    }
    const table = document.createElement("table")
    const rows = [...this.tally].sort(([, a], [, b]) => b.hits / b.tries - a.hits / a.tries)
    const total = rows.reduce((sum, [, { hits, tries }]) => [sum[0] + hits, sum[1] + tries], [0, 0])
    for (const [name, hits, tries] of [
      ...rows.map(([name, { hits, tries }]) => [name, hits, tries]),
      ["All", ...total],
    ]) {
      table.append(line(String(name), Number(hits), Number(tries)))
    }
    const note = document.createElement("p")
    note.textContent = "How often you picked the real one, with its 95% interval. 50% is guessing."
    place.replaceChildren(table, note)
  }
}

function line(name, hits, tries) {
  const row = document.createElement("tr")
  const [share, low, high] = wilson(hits, tries).map((value) => 100 * value)
  const head = document.createElement("th")
  head.textContent = name
  head.scope = "row"
  const text = document.createElement("td")
  text.textContent = `${hits} of ${tries}, ${Math.round(low)} to ${Math.round(high)}%`
  const bar = document.createElement("td")
  bar.className = "bar"
  bar.innerHTML = `<div aria-hidden="true"><i style="left:${low}%;width:${high - low}%"></i><u></u><b style="left:${share}%"></b></div>`
  row.append(head, text, bar)
  return row
}
