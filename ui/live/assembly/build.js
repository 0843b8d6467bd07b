// Compiles simd.ts into ../simd.js: npm run simd. The compiler is fetched for it: nothing else needs it.

import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const out = join(mkdtempSync(join(tmpdir(), "simd-")), "simd.wasm")
const source = new URL("simd.ts", import.meta.url).pathname
const flags = "-O3 --noAssert --runtime stub --enable simd --importMemory --memoryBase 0".split(" ")
execFileSync("npx", ["--yes", "--package", "assemblyscript@0.28.20", "asc", source, "--outFile", out, ...flags], {
  stdio: "inherit",
})
const text = `// Compiled from assembly/simd.ts by \`npm run simd\`: WebAssembly, base64.

export const SIMD =
  "${readFileSync(out).toString("base64")}"
`
writeFileSync(new URL("../simd.js", import.meta.url), text)
