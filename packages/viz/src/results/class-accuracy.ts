import { renderChart } from '../charts/render-chart.js'
import type { PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { themeOf } from '../theme/theme.js'
import { checkConfusion, type Confusion } from './confusion.js'

export interface ClassAccuracyOptions extends PictureOptions {
  /** Defaults to worst first. */
  order?: 'worst-first' | 'given'
  /** Pixels of the bars' plot. Defaults to 420. */
  width?: number
}

/** Draws the share of each class that was read right, as bars with their numbers; classes without examples are named. */
export async function classAccuracy(
  confusion: Confusion,
  options: ClassAccuracyOptions = {},
): Promise<Picture> {
  checkConfusion(confusion, 'classAccuracy')
  const theme = themeOf(options.theme)
  const { width = 420 } = options
  const rows = confusion.names.map((name, i) => {
    const row = confusion.counts[i] ?? []
    const total = row.reduce((a, b) => a + b, 0)
    const right = row[i] ?? 0
    return {
      name: name === ' ' ? 'space' : name,
      total,
      right,
      accuracy: total === 0 ? Number.NaN : right / total,
    }
  })
  const absent = rows.filter((row) => row.total === 0).map((row) => row.name)
  const values = rows
    .filter((row) => row.total > 0)
    .map((row) => ({
      ...row,
      words: `${(row.accuracy * 100).toFixed(1)} %  (${row.right} of ${row.total})`,
    }))
  if (options.order !== 'given') values.sort((a, b) => a.accuracy - b.accuracy)
  const worst = [...values].sort((a, b) => a.accuracy - b.accuracy).slice(0, 3)
  const y = {
    field: 'name',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { ticks: false, labelColor: theme.ink },
  }
  const x = {
    field: 'accuracy',
    type: 'quantitative',
    title: 'Share read right',
    scale: { domain: [0, 1] },
    axis: { format: '.0%' },
  }
  return renderChart(
    {
      width,
      height: { step: values.length > 40 ? 15 : 20 },
      data: { values },
      layer: [
        { mark: { type: 'bar', color: theme.series[0] }, encoding: { x, y } },
        {
          mark: { type: 'text', align: 'left', dx: 6, fontSize: 11, color: theme.ink },
          encoding: { x: { value: width }, y, text: { field: 'words' } },
        },
      ],
    },
    {
      title: options.title ?? 'Accuracy by class',
      subtitle:
        options.subtitle ?? (absent.length > 0 ? `no examples of: ${absent.join(' ')}` : undefined),
      description:
        `Share of each class read right. Worst: ${worst.map((row) => `${row.name} ${row.words}`).join('; ')}.` +
        (absent.length > 0 ? ` No examples of: ${absent.join(' ')}.` : ''),
    },
    theme,
  )
}
