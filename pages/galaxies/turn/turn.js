// A walk whose truth is known: the galaxy truly turned, beside the middle of its two ends' codes, and of their pixels.

import { html, render } from "../../../ui/vendor/lit-html.js"
import { radios } from "../../../ui/input/radios.js"
import { LateView } from "../../../ui/late_view.js"
import { network } from "../../../ui/live/store.js"
import { galaxyPicture } from "../../../ui/output/galaxy.js"
import { paintPicture } from "../../../ui/output/picture.js"
import { between, meanSquare, ACROSS, skyAt } from "../sky.js"
import { rotated } from "./rotate.js"
import { mount } from "../../../ui/view.js"

const FIRST_SPAN = 90

/** @param {Component} component */
export default function (component) {
  return mount(component, ".turn", Turn)
}

class Turn extends LateView {
  model = /** @type {?import("../../../ui/live/network.js").Network} */ (null)
  sky = /** @type {?import("../sky.js").Sky} */ (null)
  id = -1
  span = FIRST_SPAN
  near = /** @type {?Float32Array} */ (null) // not turned
  far = /** @type {?Float32Array} */ (null) // turned by the whole span
  codes = /** @type {Float32Array[]} */ ([])

  /** @param {Skeleton} root */
  constructor(root) {
    super(root)
    this.slider = root.querySelector("input")
    this.slider.oninput = () => this.later()
  }

  begin() {
    this.show()
  }

  async load() {
    this.sky = await skyAt(this.data.sky)
    this.model = await network(this.data.network)
    await this.choose(this.data.first)
  }

  async choose(id) {
    const picture = await /** @type {any} */ (this.sky).picture(id)
    this.id = id
    this.near = picture.values
    this.encode()
  }

  another() {
    const test =
      this.sky?.galaxies.filter(({ test, kind, id }) => test && this.data.kinds.includes(kind) && id !== this.id) ?? []
    this.choose(test[Math.floor(Math.random() * test.length)].id)
  }

  turnBy(span) {
    this.span = span
    this.encode()
  }

  /** The codes of the two ends. */
  encode() {
    if (this.near && this.model) {
      this.far = rotated(this.near, ACROSS, (this.span * Math.PI) / 180)
      this.codes = [this.near, this.far].map((x) => /** @type {any} */ (this.model).encode(x))
    }
    this.later()
  }

  show() {
    const turnBy = (span) => this.turnBy(span)
    const buttons = radios(this.data.spans, this.span, turnBy, (span) => `${span}°`)
    render(
      html`<span role="radiogroup" aria-label="Turn by" class="tools" style="margin: 0">${buttons}</span>
        <button type="button" class="another" ?disabled=${!this.sky} @click=${() => this.another()}>Another galaxy</button>`,
      this.root.querySelector(".tools"),
    )
    const t = this.slider.valueAsNumber
    const degrees = Math.round(t * this.span)
    this.slider.setAttribute("aria-valuetext", `${degrees} degrees`)
    render(html`<b>${degrees}°</b> of ${this.span}°`, this.root.querySelector(".dial span"))
    const names = ["Not turned", "Truly turned", "By code", "By cross-fade"]
    let pictures = /** @type {(Float32Array|null)[]} */ ([null, null, null, null])
    let errors = /** @type {number[]} */ ([])
    if (this.near && this.far && this.model) {
      const truth = rotated(this.near, ACROSS, (t * this.span * Math.PI) / 180)
      const code = this.model.decode(between(this.codes[0], this.codes[1], t))
      const fade = between(this.near, this.far, t)
      pictures = [this.near, truth, code, fade]
      errors = [code, fade].map((recon) => 1e4 * meanSquare(truth, recon))
    }
    const note = (i) => (i < 2 || !errors.length ? "" : html`error <b>${errors[i - 2].toFixed(1)}</b> × 10⁻⁴`)
    render(
      names.map(
        (
          name,
          i,
        ) => html`<figure><canvas width="128" height="128" role="img" aria-label=${`${name}, ${degrees} degrees`}></canvas>
          <figcaption><b>${name}</b> ${note(i)}</figcaption></figure>`,
      ),
      this.root.querySelector(".four"),
    )
    this.root.querySelectorAll(".four canvas").forEach((canvas, i) => {
      const values = pictures[i]
      if (values) paintPicture(/** @type {any} */ (canvas), galaxyPicture(values))
    })
    if (!errors.length) return
    const [code, fade] = errors
    const better = code < fade ? "The code is nearer to the truth here" : "The cross-fade is nearer to the truth here"
    render(html`${better}.<small>${this.data.measured[this.span]}</small>`, this.root.querySelector(".verdict"))
    this.counted()
  }
}
