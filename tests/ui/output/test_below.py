"""Parts below a stage, in node: they ask for a run once the stage rests on something else and they are in sight."""

from tests import node

SCENE = """async (load) => {
    const listeners = new Map()
    const heard = []
    globalThis.document = {
      addEventListener: (name, hear) => listeners.set(name, hear) && heard.push(hear),
      removeEventListener: (name) => listeners.delete(name),
      dispatchEvent: ({ type, detail }) => listeners.get(type)?.({ detail }),
    }
    globalThis.CustomEvent = class { constructor(type, { detail }) { Object.assign(this, { type, detail }) } }
    let see
    globalThis.IntersectionObserver = class {
      constructor(hear) { see = (isIntersecting) => hear([{ isIntersecting }]) }
      observe() {}
      disconnect() {}
    }
    const marks = new Set()
    const block = { dataset: {}, toggleAttribute: (name, on) => (on ? marks.add(name) : marks.delete(name)) }
    const root = { isConnected: true, closest: (selector) => (selector.includes("Vertical") ? block : null) }
    const { default: mount } = await load("/ui/output/below/below.js")
    const { Rests } = await load("/ui/output/below/rests.js")
    const told = []
    const parentElement = { querySelector: () => root }
    const part = (shown) => mount({ parentElement, data: { shown }, setTriggerValue: (_, value) => told.push(value) })
    const stage = new Rests(root)
    const due = []
    globalThis.setTimeout = (run, ms) => { due.push([run, ms]) }
    const pass = () => { while (due.length) due.shift()[0]() } // time
    const rest = (version) => {
      stage.shows(version)
      pass()
    }
    const seen = []
    const now = (what) => seen.push([what, told.length, marks.has("data-behind")])
    STEPS
    return seen
}"""


def scene(steps: str) -> list:
    return node.run(SCENE.replace("STEPS", steps))


def test_what_nobody_sees_asks_once_it_comes_into_sight():
    assert scene("""
        part("one"); see(false); rest("one"); now("first")
        rest("two"); rest("three"); now("hidden")
        see(true); pass(); now("seen")
        part("three"); now("followed")
        see(false); see(true); pass(); now("seen again")
    """) == [
        ["first", 0, False],
        ["hidden", 0, True],
        ["seen", 1, True],
        ["followed", 1, False],
        ["seen again", 1, False],
    ]


def test_what_is_in_sight_asks_at_every_rest_on_something_else():
    assert scene("""
        part("one"); see(true); rest("one"); now("first")
        rest("two"); now("another"); part("two"); now("followed")
        rest("three"); part("three"); rest("three"); now("the same")
    """) == [["first", 0, False], ["another", 1, True], ["followed", 1, False], ["the same", 2, False]]


def test_a_stage_that_goes_back_leaves_nothing_behind():
    assert scene("""
        part("one"); see(false); rest("one"); rest("two"); now("away")
        rest("one"); see(true); pass(); now("back")
    """) == [["away", 0, True], ["back", 0, False]]


def test_two_parts_that_come_into_sight_together_ask_one_after_the_other():
    assert scene("""
        const sights = []
        part("one"); sights.push(see)
        const other = { querySelector: () => ({ ...root }) }
        mount({ parentElement: other, data: { shown: "one" }, setTriggerValue: (_, value) => told.push(value) })
        sights.push(see)
        for (const hear of heard) hear({ detail: "two" })
        for (const sight of sights) sight(true)
        const waits = due.map(([, ms]) => ms)
        seen.push(waits.length === 2 && waits[1] - waits[0] > 50)
        pass(); seen.push(told.length)
    """) == [True, 2]
