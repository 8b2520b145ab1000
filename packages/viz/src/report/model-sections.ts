import { weightHistory, type ParameterHistory } from '../charts/weight-history.js'
import { groupDigits } from '../images/colour-bar.js'
import { featureMaps } from '../images/feature-maps.js'
import { kernelGrid } from '../images/kernel-grid.js'
import { costWords } from '../network/cost-words.js'
import { kindWord } from '../network/kind-word.js'
import { networkDiagram } from '../network/network-diagram.js'
import type { RunData } from '../run/read-run.js'
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
          [kindWord(layer.kind), layer.detail].filter(Boolean).join(': '),
          layer.outputShape.map(groupDigits).join(' × '),
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
        kernelGrid(kernel, {
          title: '',
          maxInputs: 12,
          maxFilters: (kernel.shape[2] ?? 1) > 1 ? 16 : 64,
        }),
      ),
    )
  }
  if (data.featureMaps?.layers.length) {
    const { input, layers, note } = data.featureMaps
    const words = { title: '', ...(note === undefined ? {} : { subtitle: note }) }
    parts.push(
      namedFigure('Feature maps', featureMaps(layers, { ...words, ...(input ? { input } : {}) })),
    )
  }
  return parts.length === 0
    ? undefined
    : { id: 'inside', heading: 'Kernels and feature maps', body: parts.join('\n') }
}

/** Shows how weights and biases went over training. */
export function historiesSection(data: ReportData): ReportSection | undefined {
  const parts: string[] = []
  for (const history of data.histories ?? []) {
    const name = history.weights.name.replace(/\/[^/]*$/, '')
    parts.push(
      namedFigure(
        `History of ${name}`,
        weightHistory({ ...history, weightBins: manyBins(history.weights), title: '', width: 300 }),
      ),
    )
  }
  return parts.length === 0
    ? undefined
    : { id: 'histories', heading: 'Weights over training', body: parts.join('\n') }
}

const environmentWords: Readonly<Record<string, string>> = {
  ductus: 'Ductus',
  tensorflow: 'TensorFlow.js',
  node: 'Node.js',
  instructionSet: 'instruction set',
}

/** Lists versions, backend and machine. */
export function environmentSection(run: RunData, data: ReportData): ReportSection | undefined {
  const { software } = run.hparams as { software?: Record<string, string | null> }
  const recorded = Object.entries(software ?? {}).filter(([, value]) => value !== null)
  const rows = Object.entries(data.environment ?? Object.fromEntries(recorded))
  if (rows.length === 0) return undefined
  return {
    id: 'environment',
    heading: 'Environment',
    body: table({
      columns: ['What', 'Value'],
      rows: rows.map(([name, value]) => [environmentWords[name] ?? name, String(value)]),
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
