import assert from "node:assert/strict"
import { test } from "node:test"

import { SseParser } from "../../project/realtime/static/realtime/sse_parser.js"

test("an event's data is handed out when the event ends", () => {
  const parser = new SseParser()
  assert.deepEqual(parser.push('id: e/room.7:1\nevent: hello\ndata: {"a":1}\n'), [])
  assert.deepEqual(parser.push("\n"), ['{"a":1}'])
})

test("it does not matter where the text is cut", () => {
  const text = 'retry: 1000\n\nid: x\ndata: {"a":1}\n\n:\n\ndata: {"b":2}\r\n\r\n'
  const parser = new SseParser()
  assert.deepEqual([...text].flatMap((letter) => parser.push(letter)), ['{"a":1}', '{"b":2}'])
  assert.deepEqual(new SseParser().push(text), ['{"a":1}', '{"b":2}'])
})

test("several lines of data are one piece of data", () => {
  assert.deepEqual(new SseParser().push("data: one\ndata:two\n\n"), ["one\ntwo"])
})

test("comments and other fields are no events", () => {
  assert.deepEqual(new SseParser().push(": still here\n\nevent: x\nid: 4\n\n"), [])
})
