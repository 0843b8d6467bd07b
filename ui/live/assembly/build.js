// Compiles training.ts and live.ts into ../simd.js: npm run simd. The compiler is fetched for it: nothing else needs it.

import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const out = join(mkdtempSync(join(tmpdir(), "simd-")), "simd.wasm")
const sources = ["training.ts", "live.ts"].map((name) => new URL(name, import.meta.url).pathname)
const flags = "-O3 --noAssert --runtime stub --enable simd --importMemory --memoryBase 0".split(" ")
execFileSync("npx", ["--yes", "--package", "assemblyscript@0.28.20", "asc", ...sources, "--outFile", out, ...flags], {
  stdio: "inherit",
})
const text = `// Compiled from assembly/ by \`npm run simd\`: WebAssembly, base64.

const SIMD =
  "${readFileSync(out).toString("base64")}"

/** @type {WebAssembly.Module | undefined} */
let compiled

/** What computes in a memory; throws where there is no WebAssembly with SIMD. */
export function inside(memory) {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SIMD), (character) => character.charCodeAt(0)))
  return /** @type {any} */ (new WebAssembly.Instance(compiled, { env: { memory } }).exports)
}
`
writeFileSync(new URL("../simd.js", import.meta.url), text)
