// Two short runs with every kind of log, for read-tensorboard.py and read-mlflow.py to read back. Says on stdout, as JSON, what was
// logged: a logger of its own keeps the rows.
//
// usage: npx tsx -C @ductus/source tools/check/log-runs.ts <runs folder> [<MLflow's address>]
import { useBackend } from '@ductus/backend'
import {
  Classifier,
  MLflowLogger,
  TensorBoardLogger,
  Trainer,
  type Logger,
  type LogRow,
} from '@ductus/training'
import { namedWeights } from '@ductus/backend'
import { encodePng } from '../../packages/training/src/files/encode-png.js'
import { toyData } from '../../packages/training/test/support/toy-data.js'
import { toyModel } from '../../packages/training/test/support/toy-model.js'

const [rootDir, trackingUri] = process.argv.slice(2)
if (rootDir === undefined) throw new Error('Give a folder for the runs.')
await useBackend('cpu')
const histogramBins = 20
/** What a histogram must get right beside common weights. */
const oddValues = {
  constant: Array<number>(10).fill(2.5),
  holes: [NaN, 1, 2, Infinity, 3, -Infinity, 4, 5],
  none: [NaN, Infinity],
}
const report: object[] = []
for (const lr of [0.003, 0.01]) {
  const rows: LogRow[] = []
  const keeper: Logger = { name: 'keeper', log: (row) => void rows.push(row) }
  const board = new TensorBoardLogger()
  const mlflow = trackingUri === undefined ? [] : [new MLflowLogger({ trackingUri })]
  const model = toyModel()
  const spreads: { step: number; values: number[] }[] = []
  const trainer: Trainer = new Trainer({
    rootDir,
    name: 'checked',
    maxEpochs: 6,
    logEveryNSteps: 1,
    loggers: [keeper, board, ...mlflow],
    callbacks: [
      {
        onEpochEnd: async (context) => {
          const kernel = namedWeights(model)[0]!
          const values = [...(await kernel.variable.data())]
          spreads.push({ step: context.step, values })
          board.histogram(`weights/${kernel.name}`, values, context.step, histogramBins)
          for (const [name, odd] of Object.entries(oddValues)) {
            board.histogram(`odd/${name}`, odd, context.step, histogramBins)
          }
          context.logText('note', `**epoch** ${context.epoch}`)
          const pixels = Uint8Array.from(
            { length: 64 * 48 },
            (_, i) => (i * (context.epoch + 1)) & 255,
          )
          context.logImage('ramp', encodePng(pixels, [48, 64, 1]))
        },
      },
    ],
  })
  const module = new Classifier(model, { lr })
  const { runDir, metrics } = await trainer.fit(module, toyData())
  await trainer.test()
  const weight = namedWeights(model)[0]!.name
  const kept = { runDir, lr, metrics, weight, spreads, histogramBins, mlflow: mlflow[0]?.runId }
  if (trackingUri !== undefined) {
    // A seventh epoch, as one does who wants more: in the same run of MLflow.
    const loggers = [keeper, new MLflowLogger({ trackingUri })]
    const more = new Trainer({ ...trainer.options, maxEpochs: 7, loggers })
    await more.fit(module, toyData(), { resume: runDir! })
  }
  report.push({ ...kept, rows })
}
process.stdout.write(JSON.stringify(report))
