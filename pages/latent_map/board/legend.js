// The legend above the maps: every class with its colour, and a way to hide it or all others.

export class Legend {
  constructor(board, root) {
    this.board = board
    this.root = root
  }

  build() {
    const { board } = this
    const buttons = board.colors.map((color, label) => {
      const button = document.createElement("button")
      button.type = "button"
      const dot = document.createElement("i")
      dot.style.background = color
      button.append(dot, label)
      button.title = `Show or hide the ${label}s; double click: only the ${label}s`
      button.onclick = () => {
        const shown = !board.hidden.has(label)
        board.setHidden(shown ? [...board.hidden, label] : without(board.hidden, label))
      }
      button.ondblclick = () => board.setHidden(without(board.colors.keys(), label))
      return button
    })
    const all = document.createElement("button")
    all.type = "button"
    all.textContent = "All"
    all.onclick = () => board.setHidden([])
    this.root.replaceChildren(...buttons, all)
  }

  /** Shows which classes are hidden. */
  mark() {
    if (!this.root.firstChild) this.build()
    ;[...this.root.children].forEach((button, label) => {
      if (label < 10) button.setAttribute("aria-pressed", !this.board.hidden.has(label))
      else button.disabled = !this.board.hidden.size
    })
  }
}

const without = (values, one) => [...values].filter((each) => each !== one)
