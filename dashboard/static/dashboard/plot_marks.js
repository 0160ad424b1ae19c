// What is drawn over a chart and under it, besides its lines: limits, and stretches of time in which something was so.

import { faded, palette } from "./palette.js"

const FONT = '600 11px "Inter Variable", system-ui, sans-serif'
const DASH_PX = [5, 4]
const STRIP_PX = 4
/** A limit takes this much of a chart's height from its lines at most, where it does not have to be seen. */
const STRETCH_MAX = 2.5

/**
 * @typedef {{ value: number, colour: string, words: string, isAlways?: boolean, isLeft?: boolean }} Mark  `colour` is one of the palette's names
 * @typedef {{ from: number, to: number, colour: string, share: number }} Span
 */

/** The marks that a chart should have room for, where its values are from `low` to `high`. */
export function withRoom(marks, low, high) {
  const known = Number.isFinite(low) && Number.isFinite(high)
  const size = Math.max(Math.abs(low), Math.abs(high))
  return marks.filter(({ value, isAlways }) => isAlways || (known && Math.abs(value) <= size * STRETCH_MAX))
}

/** Lines from side to side, each with what it means at its end. */
export function drawMarks(u, marks) {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  const unit = devicePixelRatio
  ctx.save()
  ctx.font = FONT.replace("11px", `${11 * unit}px`)
  for (const { value, colour, words, isLeft } of marks) {
    const y = Math.round(u.valToPos(value, "y", true))
    if (y < top || y > top + height) continue
    ctx.strokeStyle = ctx.fillStyle = palette()[colour]
    ctx.lineWidth = 1.5 * unit
    ctx.setLineDash(DASH_PX.map((length) => length * unit))
    ctx.beginPath()
    ctx.moveTo(left, y)
    ctx.lineTo(left + width, y)
    ctx.stroke()
    const isLow = y - top < 16 * unit
    ctx.textBaseline = isLow ? "top" : "bottom"
    ctx.setLineDash([])
    ctx.strokeStyle = palette().surface
    ctx.lineWidth = 3 * unit
    ctx.textAlign = isLeft ? "left" : "right"
    const place = [isLeft ? left + 4 * unit : left + width - 4 * unit, y + (isLow ? 3 : -3) * unit]
    ctx.strokeText(words, ...place)
    ctx.fillText(words, ...place)
  }
  ctx.restore()
}

/** Shaded from top to bottom, with a full strip along the foot, so that a short one is seen too. */
export function drawSpans(u, spans) {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  const strip = STRIP_PX * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  for (const { from, to, colour, share } of spans) {
    const [begin, end] = [u.valToPos(from, "x", true), u.valToPos(to, "x", true)]
    const wide = Math.max(devicePixelRatio, end - begin)
    ctx.fillStyle = faded(palette()[colour], share)
    ctx.fillRect(begin, top, wide, height)
    ctx.fillStyle = palette()[colour]
    ctx.fillRect(begin, top + height - strip, wide, strip)
  }
  ctx.restore()
}
