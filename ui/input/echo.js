// On a phone the answer to a drawing lies below the fold: a sheet shows a small copy of it, above itself, as it changes.
//
// A board tells of its pictures by `result:shown` events on the document, { sheet: key, tiles: [{ label, value,
// picture }] }, and tells again when a sheet that has come later sends `result:wanted`.

import { paintPicture } from "../output/picture.js"

const narrow = matchMedia("(max-width: 640px)") // as in pad.css

export class Echo {
  key = "" // of the sheet, or "" while it wants no answer

  /** @param {HTMLElement} root  of the sheet */
  constructor(root) {
    this.root = root
    this.box = document.createElement("div")
    this.box.className = "echo"
    this.box.ariaHidden = "true" // the board itself is read aloud
    root.prepend(this.box)
    this.listen = (event) => event.detail.sheet === this.key && this.show(event.detail.tiles)
    document.addEventListener("result:shown", this.listen)
  }

  close() {
    document.removeEventListener("result:shown", this.listen)
  }

  /** From now on it shows what becomes of the sheet with this key. @param {string} key */
  want(key) {
    if (key === this.key) return
    this.key = key
    this.root.classList.toggle("echoing", key !== "")
    if (key) document.dispatchEvent(new CustomEvent("result:wanted"))
  }

  /** @param {{label: string, value: string, picture: import("../output/picture.js").Picture}[]} tiles */
  show(tiles) {
    if (!narrow.matches) return this.box.replaceChildren()
    while (this.box.children.length > tiles.length) this.box.lastElementChild?.remove()
    tiles.forEach(({ label, value, picture }, i) => {
      const tile = this.box.children[i] ?? this.box.appendChild(blank())
      const [canvas, name, number] = /** @type {[HTMLCanvasElement, HTMLElement, HTMLElement]} */ ([
        ...tile.querySelectorAll("canvas, span, b"),
      ])
      paintPicture(canvas, picture)
      name.textContent = label
      number.textContent = value
    })
  }
}

function blank() {
  const tile = document.createElement("div")
  const words = document.createElement("p")
  words.append(document.createElement("span"), document.createElement("b"))
  tile.append(document.createElement("canvas"), words)
  return tile
}

/** Tells the sheets of a board's pictures, and again whenever one asks; returns what tells them. */
export function echoing() {
  let last = /** @type {object|null} */ (null)
  const tell = () => last && document.dispatchEvent(new CustomEvent("result:shown", { detail: last }))
  document.addEventListener("result:wanted", tell)
  return {
    /** @param {string} sheet  @param {object[]} tiles */
    tell(sheet, tiles) {
      last = { sheet, tiles }
      tell()
    },
    close: () => document.removeEventListener("result:wanted", tell),
  }
}
