import type { Picture } from '../picture/picture.js'
import { figure } from '../picture/html-page.js'
import { allCurves } from '../run/all-curves.js'
import { activationCurves } from '../run/recorded-curves.js'
import { metricWords } from '../run/metric-words.js'
import type { RunData } from '../run/read-run.js'
import { escapeXml } from '../svg/element.js'
import type { ReportData } from './report-data.js'
import { table, type Cell } from './table.js'

/** A part of a report: an `<h2>` with what follows it. */
export interface ReportSection {
  id: string
  heading: string
  body: string
}

/** Sums a run up: the last and the best value of each metric, and the final test. */
export function summarySection(run: RunData, data: ReportData): ReportSection {
  const rows = run.metrics.names.flatMap((name): Cell[][] => {
    if (name.endsWith('_step')) return []
    const { values, epochs } = run.metrics.series(name)
    const last = values.at(-1)
    if (last === undefined) return []
    const falling = /loss|error|cer|edit|time|seconds/i.test(name)
    let best = -1
    values.forEach((value, i) => {
      if (!Number.isFinite(value)) return
      const before = values[best]
      if (before === undefined || (falling ? value < before : value > before)) best = i
    })
    const gauge = /loss|acc|error|cer|edit/i.test(name) && !name.startsWith('test/')
    return [
      [
        metricWords(name),
        last,
        gauge ? values[best] : undefined,
        gauge && best >= 0 ? (epochs[best] ?? 0) + 1 : undefined,
        name,
      ],
    ]
  })
  for (const [name, value] of Object.entries(data.results ?? {})) {
    if (rows.some((row) => row.at(-1) === name)) continue
    rows.push([metricWords(name), value, undefined, undefined, name])
  }
  const last = run.metrics.rows.at(-1)
  const seconds = run.time.reduce((most, row) => Math.max(most, row.seconds || 0), 0)
  const facts = [
    last ? `${last.epoch + 1} ${last.epoch === 0 ? 'epoch' : 'epochs'}` : '',
    last ? `${last.step.toLocaleString('en')} steps` : '',
    last ? `${last.samples.toLocaleString('en')} samples seen` : '',
    seconds > 0
      ? `${seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`}`
      : '',
  ].filter((fact) => fact !== '')
  return {
    id: 'summary',
    heading: 'Summary',
    body:
      (facts.length > 0 ? `<p>${escapeXml(facts.join(' · '))}</p>` : '') +
      (rows.length > 0
        ? table({
            caption: 'Metrics',
            columns: ['Metric', 'Last', 'Best', 'Best at epoch', 'Logged as'],
            rows,
          })
        : '<p>No metrics have been written yet.</p>'),
  }
}

/** Plots of a size of which three stand beside one another, and which a phone shows whole. */
const small = { untitled: true, width: 284, height: 180 } as const

/** Draws the run's curves, and how fast it went. */
export async function curvesSection(
  run: RunData,
  { lrSweep }: ReportData = {},
): Promise<ReportSection | undefined> {
  const charts = await allCurves([run], { ...small, ...(lrSweep ? { lrSweep } : {}) })
  if (charts.length === 0) return undefined
  const { lossHistory } = run
  return {
    id: 'curves',
    heading: 'Training curves',
    body:
      charts.map((chart) => namedFigure(chart.heading, chart.picture)).join('\n') +
      (lossHistory
        ? panel(
            'Loss History: the last 5 records',
            table({
              columns: ['Iter', 'Loss'],
              rows: lossHistory.steps
                .slice(-5)
                .map((step, i) => [step, lossHistory.losses.slice(-5)[i]]),
            }),
          )
        : ''),
  }
}

/** Draws what each layer gave over training. */
export async function activationsSection(
  run: RunData,
  data: ReportData = {},
): Promise<ReportSection | undefined> {
  const layers = data.activations ?? run.activations
  if (!layers?.length) return undefined
  const charts = await activationCurves(layers, small)
  return {
    id: 'activations',
    heading: 'Activations by layer',
    body:
      '<p>Measured on training batches. A dead unit gave nothing above 0 for any image of its batch.</p>' +
      charts.map((chart) => namedFigure(chart.heading, chart.picture)).join('\n'),
  }
}

/** Tabulates what was logged by epoch. */
export function epochsSection(run: RunData): ReportSection | undefined {
  const names = run.metrics.names.filter(
    (name) => /^(train|validation)\//.test(name) && !name.endsWith('_step'),
  )
  if (names.length === 0) return undefined
  const byEpoch = new Map<number, Map<string, number>>()
  const stepAt = new Map<number, number>()
  for (const row of run.metrics.rows) {
    for (const name of names) {
      const value = row.values.get(name)
      if (value === undefined) continue
      const known = byEpoch.get(row.epoch) ?? new Map<string, number>()
      known.set(name, value)
      byEpoch.set(row.epoch, known)
      stepAt.set(row.epoch, row.step)
    }
  }
  const rows = [...byEpoch].map(([epoch, values]) => [
    epoch + 1,
    stepAt.get(epoch),
    ...names.map((name) => values.get(name)),
  ])
  if (rows.length === 0) return undefined
  return {
    id: 'epochs',
    heading: 'Epochs',
    body: table({
      caption: 'The last value of each epoch',
      columns: ['Epoch', 'Step', ...names.map(metricWords)],
      rows,
    }),
  }
}

/** Writes a picture under an `<h3>`, as wide as it is; the picture's own title is not said twice. */
export function namedFigure(heading: string, picture: Picture, caption?: string): string {
  return panel(heading, figure(picture, caption, heading), Math.max(300, Math.ceil(picture.width)))
}

/** Sets markup under an `<h3>`, beside others where there is room. */
export function panel(heading: string, body: string, width?: number): string {
  const style = width === undefined ? '' : ` style="width:${width}px"`
  return `<div class="panel"${style}><h3>${escapeXml(heading)}</h3>${body}</div>`
}
