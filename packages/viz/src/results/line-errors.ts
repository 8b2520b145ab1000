import { renderChart } from '../charts/render-chart.js'
import type { PictureOptions } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { alignTexts } from '../text/align-texts.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'

/** What went wrong in lines: by position of the reference, and by kind. */
export interface LineErrors {
  /** One entry a position: how many lines reach it, and in how many it was misread or lost. */
  positions: { position: number; lines: number; errors: number }[]
  /** The reference's character, what was read ('' where it was lost; reference '' where one was made up), how often. */
  substitutions: { truth: string; read: string; count: number }[]
  /** Edits over the reference's characters. */
  characterErrorRate: number
  characters: number
}

/** Aligns readings with references (Levenshtein, ties to substitution) and counts errors by position and kind. */
export function lineErrorsOf(lines: readonly { truth: string; read: string }[]): LineErrors {
  const positions: LineErrors['positions'] = []
  const kinds = new Map<string, { truth: string; read: string; count: number }>()
  let edits = 0
  let characters = 0
  for (const { truth, read } of lines) {
    const a = [...truth]
    const b = [...read]
    characters += a.length
    a.forEach((_c, i) => {
      const entry = (positions[i] ??= { position: i, lines: 0, errors: 0 })
      entry.lines++
    })
    for (const step of alignTexts(a, b)) {
      if (step.truth === step.read) continue
      edits++
      const entry = positions[step.at]
      if (entry && step.truth !== '') entry.errors++
      const key = `${step.truth}\u0000${step.read}`
      const kind = kinds.get(key) ?? { truth: step.truth, read: step.read, count: 0 }
      kind.count++
      kinds.set(key, kind)
    }
  }
  return {
    positions,
    substitutions: [...kinds.values()].sort((x, y) => y.count - x.count),
    characterErrorRate: characters === 0 ? Number.NaN : edits / characters,
    characters,
  }
}

/** Draws the share of misread characters by position of the line. */
export async function errorsByPosition(
  errors: LineErrors,
  options: PictureOptions = {},
): Promise<Picture> {
  checkErrors(errors, 'errorsByPosition')
  const theme = themeOf(options.theme)
  const values = errors.positions.map((p) => ({
    position: p.position + 1,
    rate: p.errors / p.lines,
    lines: p.lines,
  }))
  const peak = values.reduce((a, b) => (b.rate > a.rate ? b : a), {
    position: 0,
    rate: 0,
    lines: 0,
  })
  return renderChart(
    {
      width: Math.max(320, Math.min(760, values.length * 20)),
      height: 200,
      data: { values },
      mark: { type: 'bar', color: theme.series[1] },
      encoding: {
        x: {
          field: 'position',
          type: 'ordinal',
          title: 'Position in the line',
          axis: { labelAngle: 0, labelOverlap: true },
        },
        y: {
          field: 'rate',
          type: 'quantitative',
          title: 'Share misread',
          axis: { format: '.0%' },
          scale: { domainMin: 0, nice: true },
        },
      },
    },
    {
      title: options.title ?? 'Errors by position',
      subtitle:
        options.subtitle ??
        `character error rate ${(errors.characterErrorRate * 100).toFixed(1)} % over ${errors.characters} characters (edits over the reference's length)`,
      description: `Share of characters misread or lost by position; highest ${(peak.rate * 100).toFixed(0)} % at position ${peak.position}.`,
    },
    theme,
  )
}

/** Draws the commonest errors as bars: what stood there, what was read. */
export async function commonSubstitutions(
  errors: LineErrors,
  options: PictureOptions & { count?: number } = {},
): Promise<Picture> {
  checkErrors(errors, 'commonSubstitutions')
  const theme = themeOf(options.theme)
  const { count = 20 } = options
  const show = (character: string, empty: string) =>
    character === '' ? empty : character === ' ' ? 'space' : character
  const values = errors.substitutions.slice(0, count).map((s) => ({
    words: `${show(s.truth, 'nothing')} → ${show(s.read, 'lost')}`,
    count: s.count,
  }))
  if (values.length === 0) values.push({ words: 'no errors', count: 0 })
  const y = {
    field: 'words',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { ticks: false, labelColor: theme.ink },
  }
  const x = {
    field: 'count',
    type: 'quantitative',
    title: 'Times',
    axis: { tickMinStep: 1, format: ',d' },
  }
  return renderChart(
    {
      width: 320,
      height: { step: 20 },
      data: { values },
      layer: [
        { mark: { type: 'bar', color: theme.series[1] }, encoding: { x, y } },
        {
          mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: theme.ink },
          encoding: { x, y, text: { field: 'count' } },
        },
      ],
    },
    {
      title: options.title ?? 'Commonest errors',
      subtitle: options.subtitle ?? 'what stands there → what was read',
      description: `Commonest errors: ${values.map((v) => `${v.words}, ${v.count} ${v.count === 1 ? 'time' : 'times'}`).join('; ')}.`,
      caption: '',
    },
    theme,
  )
}

function checkErrors(errors: LineErrors, where: string): void {
  if (errors.characters > 0) return
  throw new VizError('argument', `${where}: expected lines with characters, received none.`)
}
