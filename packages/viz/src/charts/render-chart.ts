import { svgDocument } from '../picture/compose-picture.js'
import type { Picture } from '../picture/picture.js'
import { element } from '../svg/element.js'
import { fontFamily } from '../svg/text.js'
import { measureText, wrapText } from '../text/measure-text.js'
import type { Theme } from '../theme/theme.js'
import { VizError } from '../viz-error.js'

/** What a chart says besides its marks. */
export interface ChartWords {
  title: string
  subtitle?: string | undefined
  description: string
  /** As of a Picture. */
  caption?: string
}

/**
 * Compiles a vega-lite specification and renders it to SVG, without a DOM. Vega is loaded at the first chart. Widths
 * of labels are measured in the bundled font, which is what PNG files show.
 */
export async function renderChart(
  spec: Record<string, unknown>,
  words: ChartWords,
  theme: Theme,
): Promise<Picture> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  useBundledWidths(vega as unknown as VegaModule)
  const width = typeof spec.width === 'number' ? spec.width : 640
  try {
    const full = {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      background: theme.background,
      padding: 16,
      title: titleOf(words, width),
      config: chartConfig(theme),
      ...spec,
    }
    const compiled = vegaLite.compile(full as unknown as Parameters<typeof vegaLite.compile>[0], {
      logger: silentLogger(),
    })
    const view = new vega.View(vega.parse(compiled.spec), {
      renderer: 'none',
      logLevel: vega.None,
    })
    const svg = await view.toSVG()
    view.finalize()
    return wrapChart(svg, words)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new VizError('chart', `Chart "${words.title}": could not be drawn: ${why}.`, cause)
  }
}

function titleOf(words: ChartWords, width: number): Record<string, unknown> | undefined {
  if (words.title === '' && !words.subtitle) return undefined
  return {
    text: words.title === '' ? '' : wrapText(words.title, width, 15, 600),
    ...(words.subtitle ? { subtitle: wrapText(words.subtitle, width, 12) } : {}),
    anchor: 'start',
    frame: 'group',
  }
}

/** Puts our own root around Vega's, whose labels for each axis and mark drown a screen reader. */
function wrapChart(svg: string, words: ChartWords): Picture {
  const size = /<svg[^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"/.exec(svg)
  const [width, height] = [Number(size?.[1] ?? 0), Number(size?.[2] ?? 0)]
  const body = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/ (?:role|aria-roledescription|aria-label|aria-hidden|class)="[^"]*"/g, '')
  return {
    svg: svgDocument(element('g', {}, body), width, height, words.title, words.description),
    width,
    height,
    title: words.title,
    description: words.description,
    ...(words.caption === undefined ? {} : { caption: words.caption }),
  }
}

interface VegaModule {
  textMetrics?: {
    width: (item: { fontSize?: number; fontWeight?: unknown }, text: unknown) => number
  }
}

function useBundledWidths(vega: VegaModule): void {
  if (!vega.textMetrics) return
  vega.textMetrics.width = (item, text) => {
    const value = typeof text === 'string' || typeof text === 'number' ? String(text) : ''
    const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 550
    return measureText(value, item.fontSize ?? 11, bold ? 600 : 400)
  }
}

function silentLogger() {
  const logger = {
    level: () => logger,
    error: () => logger,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  }
  return logger as never
}

function chartConfig(theme: Theme): Record<string, unknown> {
  const labels = { labelFont: fontFamily, titleFont: fontFamily }
  return {
    font: fontFamily,
    title: {
      font: fontFamily,
      fontSize: 15,
      fontWeight: 600,
      color: theme.ink,
      subtitleFont: fontFamily,
      subtitleFontSize: 12,
      subtitleColor: theme.muted,
      subtitlePadding: 4,
      subtitleLineHeight: 16,
      offset: 12,
    },
    axis: {
      ...labels,
      labelColor: theme.muted,
      titleColor: theme.ink,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 400,
      titlePadding: 8,
      gridColor: theme.grid,
      domainColor: theme.border,
      tickColor: theme.border,
      tickSize: 4,
      labelPadding: 4,
      labelFlush: false,
      labelSeparation: 6,
    },
    // plots of charts below one another begin at one place
    axisY: { minExtent: 40 },
    legend: {
      ...labels,
      labelColor: theme.ink,
      titleColor: theme.muted,
      labelFontSize: 12,
      titleFontSize: 11,
      titleFontWeight: 400,
      labelLimit: 260,
      symbolType: 'stroke',
      symbolStrokeWidth: 2.5,
      symbolSize: 400,
    },
    header: { ...labels, labelColor: theme.ink, labelFontSize: 12, titleColor: theme.muted },
    view: { stroke: theme.grid },
    range: { category: [...theme.series] },
    line: { strokeWidth: 1.75, strokeJoin: 'round' },
    bar: { color: theme.series[0] },
    text: { font: fontFamily, color: theme.ink },
  }
}
