import type { ReportData } from '@ductus/viz'
import { cpus } from 'node:os'
import { relative } from 'node:path'
import { featureMapsOf } from './feature-maps-of.js'
import { historiesOf } from './histories-of.js'
import { kernelsOf, networkLayersOf } from './inside-model.js'
import type { OpenedRun } from './open-run.js'
import { readSamples } from './read-samples.js'

/** Gathers what a report shows beyond the run folder, by running the network on test samples. */
export async function reportDataOf(
  opened: OpenedRun,
  folder: string,
  limit: number,
): Promise<ReportData> {
  const { calibrationOf, confusionOf } = await import('@ductus/viz')
  const { model, config, checkpoint, backend } = opened
  const readings = await readSamples(opened, limit)
  const { truths, predictions, scores, scoreKind, count, total } = readings
  const notes = [
    count < total
      ? `Results are over the first ${count.toLocaleString('en')} of ${total.toLocaleString('en')} test samples (--samples).`
      : `Results are over all ${total.toLocaleString('en')} test samples.`,
  ]
  const kernels = await kernelsOf(model)
  const first = readings.samples[0]?.image ?? readings.lines[0]?.image
  const featureMaps = first ? await featureMapsOf(model, first) : undefined
  const layers = await networkLayersOf(model, config.inputDims).catch((error: unknown) => {
    notes.push(
      `The network's costs are not known: ${error instanceof Error ? error.message : String(error)}`,
    )
    return []
  })
  const histories = (await historiesOf(folder)).layers.filter(
    ({ weights }) => weights.steps.length > 2,
  )
  return {
    notes,
    histories,
    ...(truths.length > 0
      ? {
          confusion: confusionOf(truths, predictions, config.mapping),
          // a score that is no probability is none to be sure by
          ...(scoreKind === 'score'
            ? {}
            : {
                calibration: calibrationOf(
                  scores,
                  truths.map((truth, i) => truth === predictions[i]),
                ),
              }),
        }
      : {}),
    scoring: { kind: scoreKind, loss: readings.lossName, value: readings.loss },
    samples: readings.samples,
    worst: readings.worst,
    lines: readings.lines,
    readings: readings.texts,
    layers,
    inputShape: config.inputDims,
    kernels,
    ...(featureMaps && featureMaps.layers.length > 0 ? { featureMaps } : {}),
    environment: {
      ...(Object.fromEntries(
        Object.entries(checkpoint.manifest.software).filter(([, value]) => value !== null),
      ) as Record<string, string>),
      'backend of this report': backend,
      processor: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
      checkpoint: relative(folder, checkpoint.path),
    },
  }
}
