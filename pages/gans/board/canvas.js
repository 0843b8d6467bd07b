// The theme's colours, as the board's canvases want them.

/** The colours that an element is seen in. */
export function themeOf(element) {
  const style = getComputedStyle(element)
  const of = (name) => style.getPropertyValue(`--st-${name}`).trim()
  const dark = brightness(of("background-color")) < 0.5
  return {
    text: of("text-color"),
    muted: of("gray-text-color") || of("text-color"),
    ground: of("background-color"),
    line: of("border-color"),
    primary: of("primary-color"),
    font: of("font"),
    data: dark ? "#ff9a45" : "#b04d06",
    low: dark ? [12, 17, 20] : [253, 253, 252], // what the critic finds made
    high: dark ? [30, 88, 88] : [150, 205, 198], // and what it finds real
  }
}

function brightness(color) {
  const parts = /^#[0-9a-f]{6}$/i.test(color)
    ? [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
    : (color.match(/\d+/g) ?? [255, 255, 255]).map(Number)
  return (0.3 * parts[0] + 0.6 * parts[1] + 0.1 * parts[2]) / 255
}
