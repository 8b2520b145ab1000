import { open, rename, rm, stat } from 'node:fs/promises'
import type { SoftwareInfo } from '../checkpoints/checkpoint-manifest.js'
import { diskError } from '../files/disk-error.js'
import { flush } from '../files/flush.js'
import type { SpanLog } from './span-log.js'

/**
 * Writes spans as a Chrome trace, which https://ui.perfetto.dev and about:tracing open: complete events (`ph: "X"`) with
 * times in microseconds since the first.
 *
 * @see the "Trace Event Format" document of the Chromium project
 */
export async function writeTrace(
  path: string,
  spans: SpanLog,
  software: SoftwareInfo,
): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await writeEvents(temporary, spans, software)
    await rename(temporary, path)
  } catch (cause) {
    const { size } = await stat(temporary).catch(() => ({ size: 0 }))
    await rm(temporary, { force: true }).catch(() => undefined)
    throw diskError(path, cause, size)
  }
}

async function writeEvents(path: string, spans: SpanLog, software: SoftwareInfo): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.write('{"displayTimeUnit":"ms","otherData":')
    await file.write(`${JSON.stringify({ ...software, dropped: spans.dropped })},"traceEvents":[\n`)
    const labels = [
      { name: 'process_name', ph: 'M', pid: 1, tid: 1, args: { name: 'ductus' } },
      { name: 'thread_name', ph: 'M', pid: 1, tid: 1, args: { name: 'Trainer' } },
    ]
    await file.write(labels.map((label) => JSON.stringify(label)).join(',\n'))
    for (let from = 0; from < spans.length; from += 10_000) {
      const to = Math.min(spans.length, from + 10_000)
      let text = ''
      for (let slot = from; slot < to; slot++) text += `,\n${eventOf(spans, slot)}`
      await file.write(text)
    }
    await file.write('\n]}\n')
    await flush(file)
  } finally {
    await file.close()
  }
}

function eventOf(spans: SpanLog, slot: number): string {
  const { name, heading, start, end, index } = spans.at(slot)
  const zero = spans.at(0).start
  // Both ends are rounded alike, so that a span stays inside the one around it.
  const ts = nanoseconds(start - zero)
  const dur = nanoseconds(end - zero) - ts
  const event = { name, cat: heading, ph: 'X', pid: 1, tid: 1, ts: ts / 1000, dur: dur / 1000 }
  return JSON.stringify(index < 0 ? event : { ...event, args: { index } })
}

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6)
}
