import { activationStats } from '../charts/activation-stats.js'
import { lrFinderCurve } from '../charts/lr-finder-curve.js'
import { weightHistory, type ParameterHistory } from '../charts/weight-history.js'
import { featureMaps } from '../images/feature-maps.js'
import { kernelGrid } from '../images/kernel-grid.js'
import { costWords } from '../network/cost-words.js'
import { networkDiagram } from '../network/network-diagram.js'
import { escapeXml } from '../svg/element.js'
import type { ReportData } from './report-data.js'
import { namedFigure, type ReportSection } from './run-sections.js'
import { table } from './table.js'

/** Shows the architecture with shapes and costs, as a diagram and as a table. */
export function networkSection(data: ReportData): ReportSection | undefined {
  const { layers, inputShape } = data
  if (!layers?.length) return undefined
  return {
    id: 'network',
    heading: 'Network and costs',
    body:
      `<p>${escapeXml(costWords(layers))}</p>` +
      namedFigure(
        'Architecture',
        networkDiagram(layers, { title: '', subtitle: '', ...(inputShape ? { inputShape } : {}) }),
      ) +
      table({
        caption: 'Costs by layer, for one image',
        columns: ['Layer', 'Kind', 'Output', 'Values out', 'Parameters', 'Multiply-accumulates'],
        rows: layers.map((layer) => [
          layer.name,
          [layer.kind, layer.detail].filter(Boolean).join(': '),
          layer.outputShape.join(' × '),
          layer.outputShape.reduce((a, b) => a * b, 1),
          layer.parameters,
          layer.macs,
        ]),
      }),
  }
}

/** Shows kernels and feature maps. */
export function insideSection(data: ReportData): ReportSection | undefined {
  const parts: string[] = []
  for (const kernel of data.kernels ?? []) {
    parts.push(
      namedFigure(
        `Kernels of ${kernel.name}`,
        kernelGrid(kernel, { title: '', maxInputs: 4, maxFilters: 64 }),
      ),
    )
  }
  if (data.featureMaps?.layers.length) {
    const { input, layers } = data.featureMaps
    parts.push(
      namedFigure('Feature maps', featureMaps(layers, { title: '', ...(input ? { input } : {}) })),
    )
  }
  return parts.length === 0
    ? undefined
    : { id: 'inside', heading: 'Kernels and feature maps', body: parts.join('\n') }
}

/** Shows how weights and activations went over training, and the learning-rate sweep. */
export async function historiesSection(data: ReportData): Promise<ReportSection | undefined> {
  const parts: string[] = []
  for (const history of data.histories ?? []) {
    const name = history.weights.name.replace(/\/[^/]*$/, '')
    parts.push(
      namedFigure(
        `History of ${name}`,
        weightHistory({ ...history, weightBins: manyBins(history.weights), title: '', width: 480 }),
      ),
    )
  }
  if (data.activations?.length) {
    const { mean, std, deadShare } = await activationStats(data.activations, { title: '' })
    parts.push(
      namedFigure('Mean activation', mean),
      namedFigure('Spread of activations', std),
      namedFigure('Dead units', deadShare),
    )
  }
  if (data.lrSweep)
    parts.push(
      namedFigure('Learning rate finder', await lrFinderCurve(data.lrSweep, { title: '' })),
    )
  return parts.length === 0
    ? undefined
    : { id: 'histories', heading: 'Histories', body: parts.join('\n') }
}

/** Lists versions, backend and machine. */
export function environmentSection(data: ReportData): ReportSection | undefined {
  const rows = Object.entries(data.environment ?? {})
  if (rows.length === 0) return undefined
  return {
    id: 'environment',
    heading: 'Environment',
    body: table({
      columns: ['What', 'Value'],
      rows: rows.map(([name, value]) => [name, String(value)]),
      sortable: false,
    }),
  }
}

/** Shows the user's own pictures. */
export function picturesSection(data: ReportData): ReportSection | undefined {
  if (!data.pictures?.length) return undefined
  return {
    id: 'pictures',
    heading: 'More pictures',
    body: data.pictures
      .map(
        ({ heading, picture, text }) =>
          namedFigure(heading, picture) + (text ? `<p>${escapeXml(text)}</p>` : ''),
      )
      .join('\n'),
  }
}

/** As the course: 20 bins, and 100 for a layer of many weights. */
function manyBins(weights: ParameterHistory): number {
  return 'values' in weights && (weights.values[0]?.length ?? 0) > 10_000 ? 100 : 20
}
