// What stands in a component's place on the page. Streamlit calls a component's default export again with every change
// of its data, and may have replaced the skeleton meanwhile.

/** @typedef {{ root: HTMLElement, close?: () => void }} View */

const viewsAt = new WeakMap() // parentElement -> its View

/**
 * The view of a place: made once for each skeleton; the one of a skeleton that has gone is closed.
 * @template {View} Kind
 * @param {HTMLElement} parentElement
 * @param {() => Kind} make
 * @returns {Kind}
 */
export function viewAt(parentElement, make) {
  let view = viewsAt.get(parentElement)
  if (!view?.root.isConnected) {
    view?.close?.()
    view = make()
    viewsAt.set(parentElement, view)
  }
  return view
}

/**
 * A component's clean-up: close the view once it is off the page. Streamlit may also run the clean-up of an outdated
 * call while we are on screen, so look again when the page has settled.
 * @param {View} view
 */
export function closeLater(view) {
  return () => setTimeout(() => view.root.isConnected || view.close?.())
}

/**
 * What a component's default export does: make its view, or find it, and give it the data.
 * @template {View & { update: (data: any) => void }} Kind
 * @param {Component} component
 * @param {string} selector  of its root in its skeleton
 * @param {new (root: Skeleton) => Kind} View
 * @param {(view: Kind) => void} [before]  runs first: how it is to tell Python
 */
export function mount({ parentElement, data }, selector, View, before) {
  const root = parentElement.querySelector(selector)
  if (!root || !data) return
  const view = viewAt(parentElement, () => new View(root))
  before?.(view)
  view.update(data)
  return closeLater(view)
}
