// The same small window of several pictures, enlarged, each with its numbers. Those that can be chosen are a radio
// group: one tab stop, arrow keys, and a click tell Python which.

/** @param {Component} component */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".crops")
  if (!root || !data) return
  root.setAttribute("aria-label", data.label)
  root.setAttribute("role", data.tiles.some((tile) => tile.choice) ? "radiogroup" : "group")
  root.style.setProperty("--tile", `${data.size}px`)
  const key = data.tiles.map((tile) => tile.id).join()
  if (root.dataset.key !== key) {
    root.dataset.key = key
    root.replaceChildren(...data.tiles.map(element))
  }
  data.tiles.forEach((tile, i) => fill(root.children[i], tile, tile.id === data.selected))
  const choices = [...root.children].filter((each) => each.dataset.choice)
  const choose = (button) => {
    for (const each of choices) mark(each, each === button)
    setTriggerValue("picked", button.dataset.tile)
  }
  choices.forEach((button) => (button.onclick = () => choose(button)))
  root.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step || !choices.length) return
    event.preventDefault()
    const from = choices.findIndex((each) => each.tabIndex === 0)
    const next = choices[(from + step + choices.length) % choices.length]
    next.focus()
    choose(next)
  }
}

function element(tile) {
  const made = /** @type {any} */ (document.createElement(tile.choice ? "button" : "figure"))
  if (tile.choice) {
    made.type = "button"
    made.setAttribute("role", "radio")
    made.dataset.choice = 1
  }
  made.dataset.tile = tile.id
  made.className = "crop"
  made.innerHTML = `<span class="picture"><img alt="" draggable="false" /><em>Best</em></span>
    <span class="name"><i></i><span></span></span><span class="value"></span><span class="more"></span>`
  return made
}

function fill(made, tile, selected) {
  const img = made.querySelector("img")
  made.classList.toggle("waiting", !tile.src)
  if (tile.src && img.getAttribute("src") !== tile.src) img.src = tile.src
  if (!tile.src) img.removeAttribute("src")
  img.alt = tile.alt
  made.title = tile.help
  made.classList.toggle("best", tile.best)
  const dot = made.querySelector("i")
  dot.hidden = !tile.color
  dot.style.background = tile.color || ""
  text(made.querySelector(".name span"), tile.label)
  const value = made.querySelector(".value")
  text(value, tile.value)
  if (tile.unit) {
    const unit = document.createElement("small")
    unit.textContent = ` ${tile.unit}`
    value.append(unit)
  }
  text(made.querySelector(".more"), tile.more)
  if (tile.choice) mark(made, selected)
}

function mark(button, selected) {
  button.setAttribute("aria-checked", selected)
  button.tabIndex = selected ? 0 : -1
}

function text(node, words) {
  if (node.textContent !== words) node.textContent = words
}
