// Brings one map's points into the page: `data` is the message of pages/latent_map/points/__init__.py.

import { announce, readPoints, settle, settled } from "./points.js"

/** @param {Component} component */
export default function ({ data }) {
  if (!(data instanceof Uint8Array)) return
  const points = readPoints(data)
  if (settled(points.id)) announce(points)
  else settle(points.id, points)
}
