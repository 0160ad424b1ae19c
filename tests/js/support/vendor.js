import { register } from "node:module"

/** Lets node find what a page finds elsewhere under `/static/`: npm packages in `vendor/`, and what all pages share. */
const SHARED = new URL("../../../project/static/project/", import.meta.url).href
const hooks = `
export async function resolve(specifier, context, next) {
  const shared = /^\\.\\.\\/project\\/(.*)$/.exec(specifier)
  if (shared) return next(new URL(shared[1], ${JSON.stringify(SHARED)}).href, context)
  const vendored = /\\/vendor\\/([^/]+)\\/(.*)$/.exec(specifier)
  return vendored ? next(vendored[1] === "idb" ? "idb" : vendored[1] + "/" + vendored[2], context) : next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`, import.meta.url)
