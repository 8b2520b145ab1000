import { imageGrid } from '../images/image-grid.js'
import { lineStrips } from '../images/line-strips.js'
import { calibrationChart } from '../results/calibration.js'
import { classAccuracy } from '../results/class-accuracy.js'
import { confusionMatrix } from '../results/confusion-matrix.js'
import { confusedPairs, type Confusion } from '../results/confusion.js'
import { commonSubstitutions, errorsByPosition, lineErrorsOf } from '../results/line-errors.js'
import { scoreWords, type ScoreKind } from '../results/score-kind.js'
import { readingsByEpoch } from '../results/readings-by-epoch.js'
import type { RunData } from '../run/read-run.js'
import { escapeXml } from '../svg/element.js'
import type { ReportData } from './report-data.js'
import { namedFigure, panel, type ReportSection } from './run-sections.js'
import { formatNumber, table } from './table.js'

/** Shows what the model gets right and wrong: confusion, classes, calibration, errors in lines. */
export async function resultsSection(
  run: RunData,
  data: ReportData,
): Promise<ReportSection | undefined> {
  const parts: string[] = []
  const { calibration, readings, scoring } = data
  const confusion = data.confusion ?? run.confusion
  if (!data.confusion && run.confusion) {
    parts.push(`<p>As the last ${escapeXml(run.confusion.stage)} of the run counted it.</p>`)
  }
  if (scoring) parts.push(`<p>${escapeXml(scoringWords(scoring))}</p>`)
  if (confusion) {
    const many = confusion.names.length > 12
    parts.push(
      namedFigure(
        'Confusion matrix',
        confusionMatrix(confusion, { order: many ? 'confusion' : 'given', title: '' }),
      ),
      ...(many
        ? []
        : [
            namedFigure(
              'Accuracy by class, worst first',
              await classAccuracy(confusion, { title: '', width: 190 }),
            ),
          ]),
    )
  }
  if (calibration) {
    parts.push(
      namedFigure('Calibration', await calibrationChart(calibration, { title: '', subtitle: '' })),
    )
  }
  if (confusion) {
    const many = confusion.names.length > 12
    parts.push(panel('By class', classTable(confusion)))
    const pairs = confusedPairs(confusion).slice(0, many ? 30 : 12)
    if (pairs.length > 0) {
      parts.push(
        panel(
          'Commonest confusions',
          table({
            columns: ['True', 'Read as', 'Times', 'Share of the class'],
            rows: pairs.map((p) => [shown(p.truth), shown(p.prediction), p.count, p.share]),
            format: (value, column) => (column === 3 ? percent(value) : String(value)),
          }),
        ),
      )
    }
  }
  if (readings && readings.some((line) => line.truth !== '')) {
    const errors = lineErrorsOf(readings)
    parts.push(
      namedFigure('Errors by position', await errorsByPosition(errors, { title: '' })),
      namedFigure('Commonest substitutions', await commonSubstitutions(errors, { title: '' })),
    )
  }
  return parts.length === 0
    ? undefined
    : { id: 'results', heading: 'Results', body: parts.join('\n') }
}

/** Shows images with their labels and readings, and those with the highest loss. */
export function samplesSection(data: ReportData): ReportSection | undefined {
  const parts: string[] = []
  const { kind: scores = 'probability', loss } = data.scoring ?? {}
  if (data.samples?.length) {
    parts.push(
      namedFigure('Samples', imageGrid(data.samples, { columns: 10, scores }), gridWords(scores)),
    )
  }
  if (data.worst?.length) {
    parts.push(
      namedFigure(
        'Worst by loss',
        imageGrid(data.worst, { columns: 8, subtitle: '', scores }),
        gridWords(scores, loss === undefined ? 'the loss' : `its ${loss} loss`),
      ),
    )
  }
  if (data.lines?.length) parts.push(namedFigure('Lines', lineStrips(data.lines, { title: '' })))
  return parts.length === 0
    ? undefined
    : { id: 'samples', heading: 'Samples and worst cases', body: parts.join('\n') }
}

/** Shows how the same few validation samples were read after each epoch, as the run recorded it. */
export function readingsSection({ sampleReadings }: RunData): ReportSection | undefined {
  if (!sampleReadings) return undefined
  const heading = 'The same samples, epoch by epoch'
  const body = namedFigure(heading, readingsByEpoch(sampleReadings, { title: '' }))
  return { id: 'readings', heading: 'Validation samples over training', body }
}

/** Says what stands under an image of a grid. */
function gridWords(scores: ScoreKind, loss?: string): string {
  return (
    `Under an image: what it is, ✓ or ✗, what was read where that differs, and its ${scoreWords(scores)}` +
    (loss === undefined ? '.' : `, then ${loss}.`)
  )
}

/** Says what the scores are, and why there is no calibration where they are none to be sure by. */
function scoringWords({ kind, loss, value }: NonNullable<ReportData['scoring']>): string {
  const over = Number.isFinite(value)
    ? `Loss (${loss}) over the samples read: ${formatNumber(value)}. `
    : ''
  if (kind === 'probability') return over.trim()
  return (
    over +
    (kind === 'score'
      ? `The ${loss} loss makes outputs scores, not probabilities: they are shown as they are, and there is no calibration.`
      : `The ${loss} loss judges each class by itself: a probability is that of its own class, and those of all classes don't add up to 1.`)
  )
}

function classTable(confusion: Confusion): string {
  const many = confusion.names.length > 20
  const rows = confusion.names.flatMap((name, i) => {
    const row = confusion.counts[i] ?? []
    const total = row.reduce((a, b) => a + b, 0)
    const right = row[i] ?? 0
    const predicted = confusion.counts.reduce((sum, other) => sum + (other[i] ?? 0), 0)
    // as in the matrix: of many classes those that take no part are left out
    if (many && total === 0 && predicted === 0) return []
    let worst = -1
    row.forEach((count, k) => {
      if (k !== i && count > 0 && count > (row[worst] ?? 0)) worst = k
    })
    const cells = [
      shown(name),
      total,
      right,
      total === 0 ? undefined : right / total,
      predicted,
      predicted === 0 ? undefined : right / predicted,
      worst < 0 ? '–' : `${shown(confusion.names[worst] ?? '')} (${row[worst] ?? 0})`,
    ]
    return [cells]
  })
  return table({
    caption:
      'Accuracy: share of the class read right. Precision: share of its readings that are right.',
    columns: [
      'Class',
      'Examples',
      'Right',
      'Accuracy',
      'Predicted',
      'Precision',
      'Most often read as',
    ],
    rows,
    format: (value, column) =>
      column === 3 || column === 5 ? percent(value) : value.toLocaleString('en'),
  })
}

function shown(name: string): string {
  return name === ' ' ? 'space' : name
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
