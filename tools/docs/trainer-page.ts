import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'

const source = (file: string): string =>
  fileURLToPath(new URL(`../../packages/training/src/${file}`, import.meta.url))

const head = `# The Trainer

This page is made from the code of \`@ductus/training\`: \`npx tsx -C @ductus/source tools/docs/write-trainer-page.ts\`
writes it anew, and a test compares. The package's README shows it at work; [run-format.md](run-format.md) says what it
writes.

## What comes in which order

A fit calls, in this order: \`onSetup\`, then data (\`prepareData\`, \`setup('fit')\`), the checkpoint it goes on from
(\`onCheckpointLoaded\`), \`onFitStart\`, the sanity check (no hooks). Then for each epoch \`onEpochStart\`, its batches, the
validation, \`onEpochEnd\`, the row for the loggers, \`onSavePoint\`. For each batch \`onTrainBatchStart\`, the step
(\`onBeforeOptimizerStep\` inside it, where the optimizer steps), \`onAfterOptimizerStep\`, \`onTrainBatchEnd\`, a row where
one is due, \`onSavePoint\`. Checkpoints that were asked for are written after \`onSavePoint\` of all callbacks
(\`onCheckpointSaving\`, \`onCheckpointSaved\`), so that each holds everyone's state. At the end a last \`onSavePoint\`, \`onFitEnd\`, \`onTeardown\`.
An error goes to \`onException\` of all callbacks, then the checkpoints that they asked for there are written, loggers are
closed as failed, then comes \`onTeardown\`, then the caller gets it.

Where a fit ends by \`maxSteps\` inside an epoch it is validated there, so that there is a best checkpoint; the epoch does
not count as done. A stop by a callback waits for \`minEpochs\`; a run taken up again stays stopped, unless the stop was
\`resumable\` as \`Timer\`'s is. A loss that is not finite ends the run with the epoch,
batch and step in its message.
`

/** Interfaces and classes of the page: heading, file, names; a class is followed by its options. */
const sections: [heading: string, parts: [file: string, ...names: string[]][]][] = [
  ['Options of the Trainer', [['trainer/trainer-options.ts', 'TrainerOptions']]],
  ['Methods of the Trainer', [['trainer/trainer.ts', 'Trainer', 'FitOptions', 'EvaluateOptions']]],
  [
    'Results',
    [
      ['trainer/results.ts', 'FitResult', 'EvaluationResult', 'PredictResult'],
      ['profiler/profiler.ts', 'Profile', 'ProfileRow'],
    ],
  ],
  ['Hooks', [['callbacks/callback.ts', 'Hooks', 'BatchOutcome', 'SavePoint', 'PredictedBatch']]],
  [
    'What hooks are given',
    [['callbacks/trainer-context.ts', 'TrainerContext', 'HookLogOptions', 'CheckpointRequest']],
  ],
  [
    'Callbacks',
    [
      ['callbacks/model-checkpoint.ts', 'ModelCheckpoint', 'ModelCheckpointOptions'],
      ['callbacks/monitor.ts', 'Monitor', 'MonitorOptions'],
      ['callbacks/early-stopping.ts', 'EarlyStopping', 'EarlyStoppingOptions'],
      ['callbacks/timer.ts', 'Timer', 'TimerOptions'],
      ['callbacks/reduce-on-plateau.ts', 'ReduceOnPlateau', 'ReduceOnPlateauOptions'],
      ['callbacks/weight-averaging.ts', 'WeightAveraging', 'WeightAveragingOptions'],
      ['callbacks/model-summary.ts', 'ModelSummary'],
      ['callbacks/progress-bar.ts', 'ProgressBar', 'ProgressBarOptions'],
      ['callbacks/learning-rate-monitor.ts', 'LearningRateMonitor'],
      ['callbacks/gradient-norm-monitor.ts', 'GradientNormMonitor', 'GradientNormMonitorOptions'],
      ['callbacks/throughput-monitor.ts', 'ThroughputMonitor', 'ThroughputMonitorOptions'],
      ['callbacks/loss-history.ts', 'LossHistory'],
      ['callbacks/parameter-history.ts', 'ParameterHistory', 'ParameterHistoryOptions'],
      ['callbacks/activation-stats.ts', 'ActivationStats', 'ActivationStatsOptions'],
      ['callbacks/confusion-matrix.ts', 'ConfusionMatrix', 'ConfusionMatrixOptions'],
      ['callbacks/sample-predictions.ts', 'SamplePredictions'],
      ['callbacks/prediction-writer.ts', 'PredictionWriter'],
    ],
  ],
  [
    'Modules',
    [
      ['modules/lit-module.ts', 'LitModule'],
      ['modules/step-loss.ts', 'DividedLoss'],
      ['modules/step-context.ts', 'StepContext', 'ManualStepContext', 'TensorBatch'],
      ['modules/classifier.ts', 'Classifier', 'ClassifierOptions'],
    ],
  ],
  [
    'Optimizers',
    [
      ['optimizers/adam.ts', 'Adam', 'AdamW', 'AdamOptions'],
      ['optimizers/sgd.ts', 'SGD', 'SGDOptions'],
      ['optimizers/rmsprop.ts', 'RMSprop', 'RMSpropOptions'],
      ['optimizers/adagrad.ts', 'Adagrad', 'AdagradOptions'],
      ['optimizers/optimizer-setup.ts', 'OptimizerBinding'],
    ],
  ],
  [
    'Schedules',
    [
      [
        'schedules/annealing.ts',
        'constantLr',
        'stepLr',
        'multiStepLr',
        'exponentialLr',
        'cosineLr',
        'CosineOptions',
      ],
      ['schedules/linear-warmup.ts', 'linearWarmup', 'WarmupOptions'],
      ['schedules/one-cycle.ts', 'oneCycle', 'OneCycleOptions'],
      [
        'trainer/find-learning-rate.ts',
        'findLearningRate',
        'FindLearningRateOptions',
        'LearningRateSweep',
      ],
    ],
  ],
  [
    'Loggers',
    [
      ['loggers/csv-logger.ts', 'CSVLogger'],
      ['loggers/jsonl-logger.ts', 'JSONLLogger'],
      ['loggers/tensorboard/tensorboard-logger.ts', 'TensorBoardLogger'],
      ['loggers/mlflow/mlflow-logger.ts', 'MLflowLogger', 'MLflowLoggerOptions'],
      ['loggers/wandb-logger.ts', 'WandbLogger', 'WandbLoggerOptions'],
      ['loggers/logger.ts', 'Logger', 'LogRow'],
    ],
  ],
]

/** Writes the page on the Trainer, as prettier leaves it. */
export async function trainerPage(path: string): Promise<string> {
  const parts = [head]
  for (const [heading, files] of sections) {
    parts.push(`## ${heading}`)
    for (const [file, ...names] of files) parts.push(...names.map((name) => partOf(file, name)))
  }
  const config = await resolveConfig(path)
  return format(parts.join('\n\n'), { ...config, parser: 'markdown' })
}

function partOf(file: string, name: string): string {
  const text = readFileSync(source(file), 'utf8')
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const node = tree.statements.find((each) => nameOf(each) === name)
  if (!node) throw new Error(`${file}: expected ${name}, found none`)
  const lines = [`### ${name}`, docOf(node)]
  if (ts.isFunctionDeclaration(node)) {
    const shown = node.parameters.map((each) => each.getText(tree).replace(/\s+/g, ' ')).join(', ')
    lines.push(`\`\`\`ts\n${name}(${shown})\n\`\`\``)
  }
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
    const rows = [...node.members].flatMap((member) => rowOf(member, tree))
    if (rows.length > 0) lines.push(['| | |', '| --- | --- |', ...rows].join('\n'))
  }
  return lines.filter((line) => line !== '').join('\n\n')
}

function rowOf(member: ts.ClassElement | ts.TypeElement, tree: ts.SourceFile): string[] {
  const name = member.name?.getText(tree)
  const doc = docOf(member)
  const hidden = ts.isClassElement(member) && !ts.isMethodDeclaration(member)
  // A class shows its documented methods; hooks of a callback are its own affair.
  if (!name || name.startsWith('#') || hidden) return []
  if (ts.isClassElement(member) && (doc === '' || /^on[A-Z]/.test(name))) return []
  return [`| \`${cell(signature(member, name, tree))}\` | ${cell(doc)} |`]
}

function signature(
  member: ts.ClassElement | ts.TypeElement,
  name: string,
  tree: ts.SourceFile,
): string {
  if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
    return `${name}(${member.parameters.map((each) => each.name.getText(tree)).join(', ')})`
  }
  const type = ts.isPropertySignature(member) ? member.type?.getText(tree) : undefined
  const short = type === undefined || type.includes('\n') ? '' : `: ${type}`
  return `${name}${short}`
}

function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter((each) => ts.isJSDoc(each))
  const text = comments.map((each) => ts.getTextOfJSDocComment(each.comment) ?? '').join('\n')
  return text.trim()
}

function nameOf(node: ts.Statement): string | undefined {
  const named =
    ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node)
  return named ? node.name?.text : undefined
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|')
}
