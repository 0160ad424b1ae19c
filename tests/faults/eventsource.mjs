// Follows a stream with the npm package `eventsource`, and prints each event's type and data, one JSON a line.

import { EventSource } from "eventsource";

const [address, token] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };
const source = new EventSource(address, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
});

const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
for (const type of ["subscribed", "notification.created", "reset", "denied"])
    source.addEventListener(type, (event) => say({ type, data: JSON.parse(event.data).data ?? null }));
source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) say({ type: "closed" });
});
