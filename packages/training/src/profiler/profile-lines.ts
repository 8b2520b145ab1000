import type { Profile } from './profiler.js'

/** Lays a profile out as a table: heading, calls, milliseconds in all and a call, share of the run. */
export function profileLines({ rows, ms }: Profile, backend: string): string[] {
  const cells = [
    ['Where the time went', 'calls', 'total ms', 'mean ms', 'share'],
    ...rows.map((row) => [
      row.name,
      row.name === 'other' ? '' : row.calls.toLocaleString('en-US'),
      row.ms.toFixed(1),
      row.name === 'other' ? '' : (row.ms / row.calls).toFixed(3),
      percent(row.share),
    ]),
    ['all', '', ms.toFixed(1), '', percent(1)],
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
  return [...lines, note(backend)]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** Backends that put operations in a queue and go on. */
const queueing: readonly string[] = ['webgpu', 'webgl', 'tensorflow-gpu']

function note(backend: string): string {
  return queueing.includes(backend)
    ? `Host time: ${backend} queues its operations, so forward, backward and optimizer are what queueing took; the device's work shows in "wait for loss".`
    : `Host time: ${backend} computes when it is called, so forward, backward and optimizer hold their arithmetic.`
}
