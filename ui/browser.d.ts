// What our JavaScript may count on, in the words of the type checker. Nothing of it is shipped.

/** What Streamlit calls a component's default export with, at every change of `data` (Components v2). */
interface Component {
  /** The component's own skeleton, as its HTML file has it. */
  parentElement: Skeleton
  /** The message of the component's Python; nothing before the first. */
  data: any
  /** Tells Python a value that stays. */
  setStateValue(name: string, value: unknown): void
  /** Tells Python a value for one run. */
  setTriggerValue(name: string, value: unknown): void
}

/** Markup that we wrote ourselves: what a script asks for is there. */
interface Skeleton extends HTMLElement {
  children: HTMLCollectionOf<any>
  querySelector<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K]
  querySelector(selector: string): Skeleton
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(selector: K): NodeListOf<HTMLElementTagNameMap[K]>
  querySelectorAll(selector: string): NodeListOf<Skeleton>
}

/**
 * The toolbar of a page's head collects what a link is to carry; ui/input/pad/pad.js tells the page what is drawn,
 * ui/live/ran.js which network has run, pages/vector_field/board/board.js what the training does,
 * ui/output/below/rests.js that a stage rests on other content.
 */
interface DocumentEventMap {
  "head:collect": CustomEvent<{ drawings: Record<string, object[]>; view: Record<string, string> }>
  "field:look": CustomEvent
  "pad:ink": CustomEvent
  "pad:clear": CustomEvent<{ key: string }>
  "network:ran": CustomEvent
  "map:points": CustomEvent
  "stage:rests": CustomEvent<string>
}
