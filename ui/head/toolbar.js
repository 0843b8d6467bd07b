// The toolbar in a page's head, and the panel with the page's link.

/** @param {Component} component */
export default function ({ parentElement }) {
  const panel = parentElement.querySelector("dialog")
  const link = parentElement.querySelector("input")
  const said = parentElement.querySelector(".said")

  const open = () => {
    link.value = location.href
    said.textContent = ""
    panel.showModal()
    link.select()
  }

  const copy = async () => {
    link.select()
    try {
      await navigator.clipboard.writeText(link.value)
      said.textContent = "Copied."
    } catch {
      said.textContent = "Your browser does not allow this here. The link is selected: press Ctrl+C."
    }
  }

  parentElement.querySelector(".toolbar").onclick = (/** @type {any} */ { target }) => {
    const tool = target.closest("[data-tool]")?.dataset.tool
    if (tool === "share") open()
    else if (tool) document.dispatchEvent(new CustomEvent(`head:${tool}`))
  }
  parentElement.querySelector(".copy").onclick = copy
  parentElement.querySelector(".close").onclick = () => panel.close()
  panel.onclick = ({ target }) => target === panel && panel.close() // beside it
}
