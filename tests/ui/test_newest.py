"""What the browser shows of a drawing while answers come late and out of order: the newest, whoever it is from.

Hands, runs and answers are shuffled at random; JavaScript's classes are asked afterwards what they show.
"""

from tests import node

SHUFFLED = """
  globalThis.document = new EventTarget()
  globalThis.CustomEvent ??= class extends Event { constructor(name, init) { super(name); this.detail = init.detail } }
  globalThis.location = { href: "http://lab/" }
  const pause = () => new Promise((next) => setTimeout(next, 0))
  const random = (seed) => () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const ink = (seq, final) => {
    const detail = { key: "pad", seq, final, strokes: [seq], raster: (side) => {
      const sheet = new Uint8Array(side * side)
      for (let i = 0; i < 20 + seq; i++) sheet[(20 + i) * side + 50] = sheet[(20 + i) * side + 51] = 255
      return sheet
    } }
    document.dispatchEvent(new CustomEvent("pad:ink", { detail }))
    return detail
  }
"""


def test_the_star_on_the_maps_is_that_of_the_last_drawing():
    wrong = node.run_alone(
        f"""async (load) => {{
          {SHUFFLED}
          const {{ Own }} = await load("/pages/latent_map/board/own.js")
          const wrong = []
          for (let seed = 1; seed <= 100; seed++) {{
            const next = random(seed)
            const board = {{ root: {{ isConnected: true }}, show() {{}}, ask() {{}}, panels: [] }}
            const own = new Own(board)
            let asked = 0
            own.refresh = () => asked++
            const says = (seq) => {{
              const x = btoa(String.fromCharCode(seq).repeat(784))
              own.hear({{ x, name: "Your drawing", places: {{ umap: [seq % 2, 1] }}, seq }}, "pad")
            }}
            says(0)
            let seq = 0
            const late = []
            for (let turn = 0; turn < 12; turn++) {{
              const what = next()
              if (what < 0.4) ink(++seq, false)
              else if (what < 0.6) ink(++seq, true)
              else if (what < 0.7) ink(seq, true) // the same again, as after undo and redo
              else if (what < 0.8) await pause()
              else if (late.length) says(late.splice(Math.floor(next() * late.length), 1)[0])
              if (next() < 0.5) late.push(seq)
            }}
            ink(++seq, true)
            if (next() < 0.5) await pause()
            says(seq)
            while (late.length) says(late.pop())
            await pause()
            await pause()
            own.close()
            const shown = own.digit
            if (shown.seq !== seq || !shown.places.umap) wrong.push([seed, seq, shown.seq ?? "the pen's"])
          }}
          return wrong
        }}"""
    )
    assert wrong == []


def test_a_strip_ends_with_what_is_known_of_the_last_drawing():
    wrong = node.run_alone(
        f"""async (load) => {{
          {SHUFFLED}
          const {{ Follower }} = await load("/ui/output/strip/follow.js")
          const wrong = []
          for (let seed = 1; seed <= 100; seed++) {{
            const next = random(seed)
            const answers = [] // that are under way
            globalThis.fetch = (_, {{ body }}) => new Promise((done) => answers.push(() =>
              done({{ ok: next() < 0.8, json: async () => JSON.parse(body)[0] }})))
            let shown = 0 // number of the drawing that the strip shows, -1 for what the pen draws
            let most = 0 // the last drawing shown so far
            const show = (seq) => {{
              if (seq < most) wrong.push([seed, seq, "after", most])
              shown = most = seq
            }}
            const follower = new Follower(() => (shown = -1), show)
            const damage = {{ gain: null, offset: null, down: null, across: null, removes: false }}
            const plan = (seq) => {{
              const more = {{ damage, corrupted: "noisy", networks: {{}}, answers: "a" }}
              const ahead = follower.update({{ pad: "pad", seq, ...more }})
              if (!follower.early && !ahead) show(seq)
            }}
            plan(0)
            let seq = 0
            let ran = 0
            for (let turn = 0; turn < 14; turn++) {{
              const what = next()
              if (what < 0.35) ink(++seq, false)
              else if (what < 0.6) ink(++seq, true)
              else if (what < 0.7) await pause()
              else if (what < 0.85 && answers.length) answers.splice(Math.floor(next() * answers.length), 1)[0]()
              else plan((ran = ran + Math.floor(next() * (seq - ran + 1)))) // runs come in order
            }}
            ink(++seq, true)
            if (next() < 0.5) plan(seq)
            while (answers.length) answers.splice(Math.floor(next() * answers.length), 1)[0]()
            await pause()
            await pause()
            plan(seq)
            if (shown !== seq) wrong.push([seed, seq, shown])
            follower.close()
          }}
          return wrong
        }}"""
    )
    assert wrong == []
