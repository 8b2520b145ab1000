import { VizError } from '../viz-error.js'

/** One step of an outline in font units, y upwards: move, line, or a quadratic curve by its control point and end. */
export type OutlineStep =
  | readonly ['M' | 'L', number, number]
  | readonly ['Q', number, number, number, number]
  | readonly ['Z']

/** A TrueType font as far as drawing needs it. */
export interface FontFile {
  readonly unitsPerEm: number
  /** Finds the glyph of a code point; 0 (the empty box) when the font lacks it. */
  glyphOf(codePoint: number): number
  /** Gives how far a glyph moves the pen, in font units. */
  advanceOf(glyph: number): number
  outlineOf(glyph: number): readonly OutlineStep[]
}

/** Reads a TrueType file (OpenType specification 1.9: head, hhea, hmtx, cmap formats 4 and 12, loca, glyf). */
export function parseFont(bytes: Uint8Array): FontFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tables = tablesOf(view)
  const at = (tag: string): number => {
    const offset = tables.get(tag)
    if (offset === undefined) {
      throw new VizError(
        'font',
        `Font: expected a "${tag}" table, found none. Use a TrueType file.`,
      )
    }
    return offset
  }
  const head = at('head')
  const longOffsets = view.getInt16(head + 50) === 1
  const metricCount = view.getUint16(at('hhea') + 34)
  const hmtx = at('hmtx')
  const loca = at('loca')
  const glyf = at('glyf')
  const glyphOf = readCmap(view, at('cmap'))
  const outlines = new Map<number, readonly OutlineStep[]>()

  const place = (glyph: number): number =>
    longOffsets ? view.getUint32(loca + glyph * 4) : view.getUint16(loca + glyph * 2) * 2

  function outlineOf(glyph: number): readonly OutlineStep[] {
    let steps = outlines.get(glyph)
    if (!steps) {
      const [start, end] = [place(glyph), place(glyph + 1)]
      steps = end <= start ? [] : readGlyph(view, glyf + start, outlineOf)
      outlines.set(glyph, steps)
    }
    return steps
  }

  return {
    unitsPerEm: view.getUint16(head + 18),
    glyphOf,
    advanceOf: (glyph) => view.getUint16(hmtx + Math.min(glyph, metricCount - 1) * 4),
    outlineOf,
  }
}

function tablesOf(view: DataView): Map<string, number> {
  const tables = new Map<string, number>()
  if (view.byteLength < 12 || view.getUint32(0) !== 0x00010000) {
    throw new VizError('font', 'Font: expected a TrueType file, received something else.')
  }
  for (let i = 0; i < view.getUint16(4); i++) {
    const entry = 12 + i * 16
    let tag = ''
    for (let k = 0; k < 4; k++) tag += String.fromCharCode(view.getUint8(entry + k))
    tables.set(tag, view.getUint32(entry + 8))
  }
  return tables
}

function readCmap(view: DataView, cmap: number): (codePoint: number) => number {
  const map = new Map<number, number>()
  for (let i = 0; i < view.getUint16(cmap + 2); i++) {
    const table = cmap + view.getUint32(cmap + 4 + i * 8 + 4)
    const format = view.getUint16(table)
    if (format === 4) readFormat4(view, table, map)
    if (format === 12) readFormat12(view, table, map)
  }
  return (codePoint) => map.get(codePoint) ?? 0
}

function readFormat4(view: DataView, table: number, map: Map<number, number>): void {
  const twice = view.getUint16(table + 6)
  for (let s = 0; s < twice; s += 2) {
    const end = view.getUint16(table + 14 + s)
    const start = view.getUint16(table + 16 + twice + s)
    const delta = view.getUint16(table + 16 + twice * 2 + s)
    const rangeAt = table + 16 + twice * 3 + s
    const range = view.getUint16(rangeAt)
    for (let c = start; c <= end && c !== 0xffff; c++) {
      const glyph = range === 0 ? c : view.getUint16(rangeAt + range + (c - start) * 2)
      if (glyph !== 0) map.set(c, (glyph + delta) & 0xffff)
    }
  }
}

function readFormat12(view: DataView, table: number, map: Map<number, number>): void {
  for (let g = 0; g < view.getUint32(table + 12); g++) {
    const group = table + 16 + g * 12
    const start = view.getUint32(group)
    const first = view.getUint32(group + 8)
    for (let c = start; c <= view.getUint32(group + 4); c++) map.set(c, first + c - start)
  }
}

type Resolve = (glyph: number) => readonly OutlineStep[]

function readGlyph(view: DataView, start: number, resolve: Resolve): OutlineStep[] {
  const contours = view.getInt16(start)
  return contours < 0
    ? readComposite(view, start + 10, resolve)
    : readSimple(view, start + 10, contours)
}

interface Point {
  x: number
  y: number
  on: boolean
}

function readSimple(view: DataView, start: number, contours: number): OutlineStep[] {
  const ends: number[] = []
  for (let i = 0; i < contours; i++) ends.push(view.getUint16(start + i * 2))
  const count = (ends.at(-1) ?? -1) + 1
  let offset = start + contours * 2
  offset += 2 + view.getUint16(offset)
  const flags: number[] = []
  while (flags.length < count) {
    const flag = view.getUint8(offset++)
    flags.push(flag)
    if (flag & 8) for (let r = view.getUint8(offset++); r > 0; r--) flags.push(flag)
  }
  const axis = (short: number, same: number): number[] => {
    let value = 0
    return flags.map((flag) => {
      if (flag & short) value += view.getUint8(offset++) * (flag & same ? 1 : -1)
      else if (!(flag & same)) {
        value += view.getInt16(offset)
        offset += 2
      }
      return value
    })
  }
  const xs = axis(2, 16)
  const ys = axis(4, 32)
  const steps: OutlineStep[] = []
  let first = 0
  for (const end of ends) {
    const points: Point[] = []
    for (let i = first; i <= end; i++) {
      points.push({ x: xs[i] ?? 0, y: ys[i] ?? 0, on: ((flags[i] ?? 0) & 1) === 1 })
    }
    first = end + 1
    traceContour(points, steps)
  }
  return steps
}

/** Between two control points lies an implied point on the curve, halfway. */
function traceContour(points: Point[], steps: OutlineStep[]): void {
  const [head, tail] = [points[0], points.at(-1)]
  if (!head || !tail) return
  const middle = (a: Point, b: Point): Point => ({
    x: (a.x + b.x) / 2,
    y: (a.y + b.y) / 2,
    on: true,
  })
  const start = head.on ? head : tail.on ? tail : middle(head, tail)
  steps.push(['M', start.x, start.y])
  let control: Point | undefined
  for (const point of [...(head.on ? points.slice(1) : points), start]) {
    if (point.on) {
      if (control) steps.push(['Q', control.x, control.y, point.x, point.y])
      else steps.push(['L', point.x, point.y])
      control = undefined
    } else {
      if (control) {
        const implied = middle(control, point)
        steps.push(['Q', control.x, control.y, implied.x, implied.y])
      }
      control = point
    }
  }
  steps.push(['Z'])
}

function readComposite(view: DataView, start: number, resolve: Resolve): OutlineStep[] {
  const steps: OutlineStep[] = []
  let offset = start
  for (let more = true; more;) {
    const flags = view.getUint16(offset)
    const glyph = view.getUint16(offset + 2)
    const words = (flags & 1) !== 0
    const dx = words ? view.getInt16(offset + 4) : view.getInt8(offset + 4)
    const dy = words ? view.getInt16(offset + 6) : view.getInt8(offset + 5)
    offset += words ? 8 : 6
    const f2dot14 = () => {
      offset += 2
      return view.getInt16(offset - 2) / 16384
    }
    let [a, b, c, d] = [1, 0, 0, 1]
    if (flags & 8) a = d = f2dot14()
    else if (flags & 64) [a, d] = [f2dot14(), f2dot14()]
    else if (flags & 128) [a, b, c, d] = [f2dot14(), f2dot14(), f2dot14(), f2dot14()]
    const px = (x: number, y: number) => a * x + c * y + dx
    const py = (x: number, y: number) => b * x + d * y + dy
    for (const s of resolve(glyph)) {
      if (s[0] === 'Z') steps.push(s)
      else if (s[0] === 'Q') {
        steps.push(['Q', px(s[1], s[2]), py(s[1], s[2]), px(s[3], s[4]), py(s[3], s[4])])
      } else steps.push([s[0], px(s[1], s[2]), py(s[1], s[2])])
    }
    more = (flags & 32) !== 0
  }
  return steps
}
