export { html, nothing, render, svg } from "lit-html"
