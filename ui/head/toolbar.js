// The toolbar in a page's head, and the panel with the page's link. What a link is to carry beside the address says itself
// at a "head:collect" event: pads put their strokes into `detail.drawings`, under their keys, and what is looked at goes
// into `detail.view`, under a key of the URL (view.js). The server makes the link and its QR code (ui/head/share.py).

import { presenter } from "./present.js"
import { viewAt } from "../view.js"

const FILES = "[data-testid=stFileUploaderFile], [data-testid=stCameraInput] img"
const ABOUT = "The link opens this page with your settings and your drawing."
const ABOUT_FILES =
  "The link opens this page with your settings. A picture that you uploaded stays with you: others see the example."

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const panel = viewAt(parentElement, () => new Panel(parentElement))
  panel.answers = data.answers
  presenter.mount(parentElement.querySelector(".presenting"))
  parentElement.querySelector(".toolbar").onclick = (/** @type {any} */ { target }) => {
    const tool = target.closest("[data-tool]")?.dataset.tool
    if (tool === "share") panel.open()
    else if (tool) document.dispatchEvent(new CustomEvent(`head:${tool}`))
  }
}

class Panel {
  answers = ""

  /** @param {Skeleton} parentElement */
  constructor(parentElement) {
    this.root = parentElement.querySelector("dialog")
    this.about = parentElement.querySelector(".about")
    this.link = parentElement.querySelector("input")
    this.said = parentElement.querySelector(".said")
    this.code = parentElement.querySelector("img")
    parentElement.querySelector(".copy").onclick = () => this.copy()
    parentElement.querySelector(".bookmark").onclick = () => this.bookmark()
    parentElement.querySelector(".present").onclick = () => {
      this.root.close()
      presenter.enter(0)
    }
    parentElement.querySelector(".close").onclick = () => this.root.close()
    this.root.onclick = ({ target }) => {
      if (target === this.root) this.root.close() // a press beside it
    }
  }

  async open() {
    const detail = { drawings: {}, view: {} }
    document.dispatchEvent(new CustomEvent("head:collect", { detail }))
    const address = new URL(location.href)
    for (const [key, value] of Object.entries(detail.view)) {
      if (value) address.searchParams.set(key, value)
      else address.searchParams.delete(key)
    }
    this.about.textContent = document.querySelector(FILES) ? ABOUT_FILES : ABOUT
    this.link.value = ""
    this.said.textContent = "Making the link ..."
    this.code.hidden = true
    this.root.showModal()
    const answer = await this.ask({ address: address.href, drawings: detail.drawings })
    this.link.value = answer?.link ?? address.href
    this.said.textContent = answer ? answer.said : "The server does not answer: this link carries the settings alone."
    this.code.hidden = !answer
    if (answer) this.code.src = answer.qr
    this.link.select()
  }

  /** What the server says to a question; null where it says nothing. */
  async ask(question) {
    try {
      const answer = await fetch(new URL(this.answers, location.href), {
        method: "POST",
        body: JSON.stringify(question),
      })
      return answer.ok ? await answer.json() : null
    } catch {
      return null
    }
  }

  async copy() {
    this.link.select()
    try {
      await navigator.clipboard.writeText(this.link.value)
      this.said.textContent = "Copied."
    } catch {
      this.said.textContent = "The link is selected: press Ctrl+C, or ⌘C on a Mac."
    }
  }

  /** No page may set a bookmark by itself: the link goes where the browser takes it from. */
  bookmark() {
    history.replaceState(history.state, "", this.link.value)
    this.said.textContent = "The address bar has the link now: press Ctrl+D, or ⌘D on a Mac."
  }
}
