// The theme's colours, as the board's canvases want them.

import { themeOf } from "../../../ui/live/train/player.js"

/** The colours that an element is seen in. */
export function colorsOf(element) {
  const theme = themeOf(element)
  return {
    ...theme,
    data: theme.dark ? "#ff9a45" : "#b04d06",
    low: theme.dark ? [12, 17, 20] : [253, 253, 252], // what the critic finds made
    high: theme.dark ? [30, 88, 88] : [150, 205, 198], // and what it finds real
  }
}
