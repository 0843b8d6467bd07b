// Arrow keys over boxes of which one is a tab stop, so that a whole row or board takes one press of Tab.

/**
 * Moves the focus, and the tab stop with it.
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} boxes  row by row
 * @param {number} columns  in a row; 1: the boxes are a ring, as in a radio group
 * @returns {number} the place where the focus went; -1 where the key is no arrow, or leads nowhere
 */
export function arrowKey(event, boxes, columns = 1) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
  const from = boxes.indexOf(/** @type {HTMLElement} */ (event.target))
  if (!step || from < 0) return -1
  const to = columns === 1 ? (from + step + boxes.length) % boxes.length : from + step
  if (!boxes[to]) return -1
  event.preventDefault()
  tabTo(boxes, to)
  boxes[to].focus()
  return to
}

/** Makes the first box the tab stop, unless one of them is it already. @param {HTMLElement[]} boxes */
export function oneStop(boxes) {
  if (boxes.filter((box) => box.tabIndex === 0).length !== 1) tabTo(boxes, 0)
}

/** Makes one box the tab stop. @param {HTMLElement[]} boxes */
export function tabTo(boxes, place) {
  boxes.forEach((box, i) => (box.tabIndex = i === place ? 0 : -1))
}
