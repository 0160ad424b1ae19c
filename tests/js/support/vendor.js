import { register } from "node:module"

/** Lets node find npm packages where a page finds them: under `/static/vendor/`. */
const hooks = `
export async function resolve(specifier, context, next) {
  const vendored = /\\/vendor\\/([^/]+)\\/(.*)$/.exec(specifier)
  return vendored ? next(vendored[1] === "idb" ? "idb" : vendored[1] + "/" + vendored[2], context) : next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`, import.meta.url)
