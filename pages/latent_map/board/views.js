// Which part of each map is in sight: one scale for all maps of codes, and what the address says of it.

import { linkOf, readLink } from "./link.js"

const REST = 700 // ms until the address follows

export class Views {
  same = true // maps of codes have one scale
  link = /** @type {any} */ (null) // what the address says and the maps do not show yet
  from = /** @type {?string} */ (null) // what this board has said of it; null where no address follows
  given = /** @type {?string} */ (null) // what Python has said of it
  tell = (/** @type {string} */ _view) => {}

  constructor(board) {
    this.board = board
  }

  close() {
    clearTimeout(this.timer)
  }

  // ---- one scale

  /** Whose scale is that of a panel, but for itself. */
  sharing(panel) {
    const others = this.board.panels.filter((other) => other !== panel && other.spec.decodes && other.view)
    return this.same && panel.spec.decodes ? others : []
  }

  /** The scale at which all maps of codes fit, or null for a panel that has one of its own. */
  sharedScale(panel) {
    if (!this.same || !panel.spec.decodes) return null
    const scales = this.board.panels.filter(({ spec }) => spec.decodes).map((other) => other.ownScale())
    return Math.min(...scales.filter(Boolean)) || null
  }

  /** A panel has another size or other points: it and those that share its scale fit anew, unless they were moved. */
  refit(panel) {
    for (const other of [panel, ...this.sharing(panel)]) if (other.fits && other.view) other.fit()
  }

  /** A panel was zoomed: those that share its scale follow. */
  scaled(panel) {
    for (const other of this.sharing(panel)) {
      other.view.scale = panel.view.scale
      other.fits = false
      other.changed()
    }
  }

  share(same) {
    this.same = same
    for (const panel of this.board.panels) if (panel.spec.decodes) panel.fit()
    this.board.show()
  }

  // ---- the address

  /** The view of a panel has changed. */
  changed(panel) {
    this.board.ask()
    panel.regrid()
    panel.frame()
    this.note()
  }

  /** The address follows once the hand rests. */
  note() {
    clearTimeout(this.timer)
    if (this.from === null || (this.link && this.board.panels.some(({ view }) => !view))) return
    this.timer = setTimeout(() => {
      this.link = null
      const text = this.text()
      if (text === this.from || !this.board.root.isConnected) return
      this.from = text
      this.tell(text)
    }, REST)
  }

  text() {
    const { panels, pin } = this.board
    const moved = panels.filter(({ fits, view, width }) => !fits && view && width)
    const views = new Map(moved.map(({ spec, view, width }) => [spec.name, [view.x, view.y, width / view.scale]]))
    return linkOf({ own: !this.same, views, pin: pin && { name: pin.panel.spec.name, place: [pin.x, pin.y] } })
  }

  /** Python says what the address says: at first, and when the visitor goes back. */
  look(text) {
    const known = text === this.given || text === this.from // an answer that is late, or to what was said here
    this.given = text
    if (text == null || known) return
    this.from = text
    this.link = readLink(text)
    this.board.pin = null
    if (this.same === this.link.own) this.share(!this.link.own)
    for (const panel of this.board.panels) {
      if (!panel.fits) panel.fit()
      this.restore(panel)
    }
  }

  /** Put a panel where the address has it, as soon as that can be done. */
  restore(panel) {
    const { link } = this
    if (!link || !panel.view || !panel.width) return
    const { name } = panel.spec
    const view = link.views.get(name)
    if (view) {
      panel.view = { x: view[0], y: view[1], scale: panel.width / view[2] }
      panel.fits = false
    }
    if (link.pin?.name === name) {
      this.board.pin = { panel, x: link.pin.place[0], y: link.pin.place[1], touched: false }
      link.pin = null
    }
    link.views.delete(name)
    panel.changed()
  }
}
