import assert from "node:assert/strict"
import { test } from "node:test"

import { SlashWords } from "../../chat/static/chat/slash_words.js"

const METRIC = { name: "metric", usage: "/metric NAME [1h]", description: "Shows a live chart" }
const OTHER = { name: "me", usage: "/me TEXT", description: "Says it" }

/** Words that know what may stand behind a command from `answers`, and note what they asked. */
function words(answers = {}) {
  const asked = []
  const source = new SlashWords([OTHER, METRIC], async (name, text) => {
    asked.push(`${name} ${text}`)
    if (!(text in answers)) throw new Error("offline")
    return answers[text].map((word) => ({ word, note: "" }))
  })
  return { source, asked }
}

const inserts = (found) => found.items.map((item) => item.insert)

test("a slash at the beginning offers the commands, and a letter those that begin with it", () => {
  const { source } = words()
  assert.deepEqual(inserts(source.find("/")), ["/me ", "/metric "])
  const found = source.find("/met")
  assert.deepEqual(inserts(found), ["/metric "])
  assert.equal(found.items[0].text, METRIC.usage)
  assert.deepEqual([found.start, found.offered], [0, false])
})

test("elsewhere a slash is just a slash, and an unknown command just a word", () => {
  const { source } = words()
  for (const text of ["and/or", " /me", "one\n/me", "/nothing ", "/metric"]) {
    const found = source.find(text)
    assert.ok(found === null || found.items.length <= 1, text)
  }
  assert.equal(source.find("and/or"), null)
  assert.equal(source.find("/nothing x"), null)
  assert.deepEqual(inserts(source.find("/nothing")), [])
})

test("behind a command the server says what the last word may become", async () => {
  const { source, asked } = words({ "load ho": ["host="], "load host=d": ["host=db-1"] })
  const label = await source.find("/metric load ho")
  assert.deepEqual([inserts(label), label.start, label.offered], [["host="], "/metric load ".length, false])
  assert.deepEqual(inserts(await source.find("/metric load host=d")), ["host=db-1 "])
  assert.deepEqual(asked, ["metric load ho", "metric load host=d"])
})

test("Enter is left to sending where what is typed may be complete", async () => {
  const { source } = words({ "": ["load"], load: ["load", "load_of_all"], "load ": ["host=", "avg"], lo: ["load"] })
  const offered = async (text) => (await source.find(`/metric ${text}`)).offered
  assert.equal(await offered(""), false)
  assert.equal(await offered("lo"), false)
  assert.equal(await offered("load"), true)
  assert.equal(await offered("load "), true)
})

test("the same is not asked twice, unless the answer did not come", async () => {
  const { source, asked } = words({ lo: ["load"] })
  for (const text of ["/metric lo", "/metric lo", "/metric x", "/metric x"]) await source.find(text)
  assert.deepEqual(asked, ["metric lo", "metric x", "metric x"])
  assert.deepEqual(inserts(await source.find("/metric x")), [])
})
