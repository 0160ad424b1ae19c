// A chart over time: uPlot with our axes, colours, and shading of what is missing.

import uPlot from "../vendor/uplot/uPlot.esm.js"
import { faded, palette } from "./palette.js"
import { drawMarks, drawSpans, withRoom } from "./plot_marks.js"
import { formatMarks, isBinary } from "./units.js"

const FONT = '11px "Inter Variable", system-ui, sans-serif'
/** Many lines are as thin as the screen can show them: those are drawn several times faster, and cover each other less. */
const LINE_PX = { few: 1.5, many: 1 }
const FEW = 3
const HATCH_PX = 6
const PADDING_PX = 12
/** About as wide as a letter of FONT. */
const LETTER_PX = 6.4
/** Bytes are counted in powers of two, and so are the distances of their marks. */
const BINARY_STEPS = Array.from({ length: 54 }, (_, power) => 2 ** power)

/**
 * @param {object} options
 * @param {HTMLElement} options.place
 * @param {[number, number]} options.size  in CSS pixels
 * @param {object[]} options.series  each with `colour`, `fill` (0 to 1), and what uPlot knows
 * @param {object} options.times  a LocalTimes
 * @param {string} options.unit
 * @param {() => [number, number][]} options.missing  stretches to shade
 * @param {() => import("./plot_marks.js").Mark[]} [options.marks]  limits to draw
 * @param {() => import("./plot_marks.js").Span[]} [options.spans]  stretches to colour
 * @param {() => { from: number, to: number }} options.range
 * @param {(from: number, to: number) => void} [options.zoomed]
 * @param {(time: number | null) => void} [options.pointed]
 */
export function makePlot({ place, size, series, bands, times, unit = "", bare, min, max, missing, marks = none, spans = none, range, zoomed, pointed, drawn }) {
  const colours = palette()
  const axis = {
    stroke: colours["ink-muted"], font: FONT, ticks: { show: false },
    grid: { stroke: colours.line, width: 1 }, border: { show: false },
  }
  const options = {
    width: size[0],
    height: size[1],
    tzDate: (seconds) => times.zone ? uPlot.tzDate(new Date(seconds * 1000), times.zone) : new Date(seconds * 1000),
    padding: bare ? [2, 0, 2, 0] : [10, PADDING_PX, 0, 0],
    legend: { show: false },
    series: [{}, ...series.map((one) => ({
      width: series.length > FEW ? LINE_PX.many : LINE_PX.few,
      ...one,
      stroke: one.colour,
      fill: one.fill ? faded(one.colour, one.fill) : undefined,
      points: { show: false, size: 4, filter: isolated, fill: one.colour },
    }))],
    bands,
    scales: {
      x: { time: true, range: () => { const { from, to } = range(); return [from, to] } },
      y: { range: (_, low, high) => heightOf(low, high, min, max, marks()) },
    },
    axes: bare ? [{ show: false }, { show: false }] : [
      { ...axis, grid: { show: false }, size: 28, gap: 6, space: 72, values: (u, marks, i, space, distance) => within(u, marks, times.marks(marks, distance)) },
      { ...axis, gap: 6, space: 34, size: widthOf, incrs: isBinary(unit) ? BINARY_STEPS : undefined, values: (_, marks) => formatMarks(marks, unit) },
    ],
    cursor: {
      x: false,
      y: false,
      drag: { x: Boolean(zoomed), y: false, setScale: false, dist: 6 },
      points: { show: false },
      hover: { skip: [undefined, null] },
      focus: { prox: -1 },
    },
    hooks: {
      drawAxes: [(u) => shade(u, missing()), (u) => drawSpans(u, spans())],
      draw: [(u) => drawMarks(u, marks()), ...(drawn ? [drawn] : [])],
      setSelect: [(u) => {
        const { left, width } = u.select
        if (width > 0) zoomed?.(u.posToVal(left, "x"), u.posToVal(left + width, "x"))
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
      }],
      setCursor: [(u) => pointed?.(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, "x") : null)],
    },
  }
  return new uPlot(options, null, place)
}

/** How large a place is, in CSS pixels; null while it cannot be seen. Asked right after something was written it costs a layout. */
export function sizeOf({ clientWidth, clientHeight }) {
  return clientWidth && clientHeight ? [clientWidth, clientHeight] : null
}

/** Draws other data before it returns: left to itself uPlot draws after all others, and nobody could say how long it takes. */
export function setNow(plot, data) {
  plot.batch(() => plot.setData(data, true))
}

const none = () => []

/** From nought where the values allow, with room above, and never flat. */
function heightOf(low, high, min, max, marks) {
  const values = withRoom(marks, low ?? NaN, high ?? NaN).map(({ value }) => value)
  if (low === null || !Number.isFinite(low)) [low, high] = values.length ? [0, 0] : [0, 1]
  ;[low, high] = [Math.min(low, ...values), Math.max(high, ...values)]
  if (low === 0 && high === 0) high = 1
  const [from, to] = uPlot.rangeNum(Math.min(low, 0), Math.max(high, 0), { min: { pad: 0.08, soft: 0, mode: 1 }, max: { pad: 0.08, soft: 0, mode: 1 } })
  return [min ?? from, max ?? to]
}

/** A mark at the end that would be cut off is left out. */
function within(u, marks, words) {
  const end = u.bbox.width / devicePixelRatio + PADDING_PX
  if (!u.bbox.width) return words
  return words.map((text, place) => (u.valToPos(marks[place], "x") + text.length * LETTER_PX / 2 > end ? "" : text))
}

/** As wide as the widest mark. */
function widthOf(u, marks, index, cycle) {
  if (cycle > 1) return u.axes[index]._size
  const longest = (marks ?? []).reduce((length, mark) => Math.max(length, String(mark).length), 0)
  return Math.max(36, 14 + longest * LETTER_PX)
}

/** A value on its own has no line: it gets a dot. */
function isolated(u, index) {
  const { measured: values, reach } = u.series[index]
  const found = []
  let [before, last] = [-Infinity, -Infinity]
  for (let place = 0; place < values.length; place += 1) {
    if (values[place] === null) continue
    if (last - before > reach && place - last > reach) found.push(last)
    ;[before, last] = [last, place]
  }
  if (last - before > reach) found.push(last)
  return found
}

/** Which holes between values are holes; the others are as usual for a series that comes at intervals. */
export function realGaps(reach, step) {
  return (u, index, first, last, gaps) => {
    const width = u.valToPos(reach * step, "x", true) - u.valToPos(0, "x", true)
    return gaps.filter(([from, to]) => to - from > width + 1)
  }
}

function shade(u, stretches) {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  for (const [from, to] of stretches) {
    const [begin, end] = [u.valToPos(from, "x", true), u.valToPos(to, "x", true)]
    hatch(ctx, begin, top, end - begin, height, begin <= left + 1)
  }
  ctx.restore()
}

/** What lies before all that is known was perhaps never measured: it is told by a tint alone. */
export function hatch(ctx, left, top, width, height, isBefore = false) {
  const { missing } = palette()
  const distance = HATCH_PX * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  ctx.fillStyle = faded(missing, isBefore ? 0.2 : 0.35)
  ctx.fillRect(left, top, width, height)
  if (isBefore) return ctx.restore()
  ctx.beginPath()
  for (let x = left - height - (left - height) % distance; x < left + width; x += distance) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.strokeStyle = missing
  ctx.lineWidth = devicePixelRatio
  ctx.stroke()
  ctx.restore()
}
