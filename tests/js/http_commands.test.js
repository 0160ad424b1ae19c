import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"

import { browser } from "../../project/realtime/static/realtime/browser.js"
import { HttpCommands } from "../../project/realtime/static/realtime/http_commands.js"
import { Server } from "./support/server.js"

let server

beforeEach(async () => {
  server = await new Server().start()
})

afterEach(() => server.stop())

const commands = ({ cookie = "", url = server.urls.commands } = {}) =>
  new HttpCommands({ browser: browser({ document: { cookie } }), url, csrfToken: "from the page" })

test("a command's reply is its data", async () => {
  server.commands.set("message.edit", ({ body }) => ({ id: 5, body }))
  assert.deepEqual(await commands().command("message.edit", { body: "Hello" }), { id: 5, body: "Hello" })
})

test("a refusal says why", async () => {
  server.commands.set("message.edit", () => { throw { code: "invalid", message: "Too long.", fields: { body: "Too long." } } })
  await assert.rejects(commands().command("message.edit", {}), {
    name: "CommandError", code: "invalid", message: "Too long.", fields: { body: "Too long." }, retryAfter: null,
  })
})

test("a refusal says how long to wait", async () => {
  server.commands.set("message.send", () => { throw { code: "rate_limited", retry_after: 1.5 } })
  await assert.rejects(commands().command("message.send", {}), { code: "rate_limited", retryAfter: 1.5 })
})

test("what something on the way answered goes by its status", async () => {
  for (const [status, code] of [[502, "unavailable"], [503, "unavailable"], [403, "forbidden"], [413, "too_large"]]) {
    server.brokenPosts = status
    await assert.rejects(commands().command("message.send", {}), { code, retryAfter: 7 })
  }
})

test("where nobody answers it is unavailable", async () => {
  server.commands.set("message.send", () => undefined)
  await assert.rejects(commands().command("message.send", {}), { code: "unavailable" })
  await assert.rejects(commands({ url: "http://127.0.0.1:1/" }).command("message.send", {}), { code: "unavailable" })
})

test("the token in the cookie is fresher than the page's", async () => {
  await assert.rejects(commands().command("message.send", {}))
  await assert.rejects(commands({ cookie: "a=b; csrftoken=fresh" }).command("message.send", {}))
  assert.deepEqual(server.posted.map(({ headers }) => headers["x-csrftoken"]), ["from the page", "fresh"])
})

test("what is under way goes on without the page, as far as a browser carries on with it", async () => {
  const asked = []
  const fetch = (url, { keepalive, body }) => new Promise((resolve) => asked.push({ keepalive, body: JSON.parse(new TextDecoder().decode(body)), resolve }))
  const it = new HttpCommands({ browser: browser({ fetch, document: { cookie: "" } }), url: "http://127.0.0.1/" })
  const [small, large] = [{ body: "ü" }, { body: "ü".repeat(16_000) }]
  const deeds = [large, small, large, small].map((data) => it.command("message.send", data))
  assert.deepEqual(asked.map(({ keepalive }) => keepalive), [true, true, false, true])
  assert.deepEqual(asked.map(({ body }) => body), [large, small, large, small])
  for (const { resolve } of asked) resolve({ ok: true, json: async () => ({ ok: true, data: {} }) })
  await Promise.all(deeds)
  deeds.push(it.command("message.send", large))
  assert.equal(asked.at(-1).keepalive, true)
})
