import type { Callback } from '../callbacks/callback.js'
import type { BatchLimit } from '../data/batch-limit.js'
import type { Logger } from '../loggers/logger.js'
import type { Reporter } from '../reporters/reporter.js'

/** How gradients are clipped before each optimizer step. */
export type GradientClipping = { norm: number } | { value: number }

/** Options of `Trainer`. */
export interface TrainerOptions {
  /** Epochs to train. Defaults to 1, or to no limit where `maxSteps` or `maxTimeMs` ends the run. */
  maxEpochs?: number
  /** Epochs that a callback's stop must wait for. Defaults to 0. */
  minEpochs?: number
  /** Optimizer steps (not batches) to train. Defaults to no limit. */
  maxSteps?: number
  /** Milliseconds to train, validation included. Defaults to no limit. */
  maxTimeMs?: number
  /** Training batches an epoch. Defaults to all. */
  limitTrainBatches?: BatchLimit
  /** Validation batches; 0 turns validation off. Defaults to all. */
  limitValBatches?: BatchLimit
  /** Test batches. Defaults to all. */
  limitTestBatches?: BatchLimit
  /** Trains on the first training batches in unshuffled order, the same every epoch. Defaults to off. */
  overfitBatches?: BatchLimit
  /** What validation and test use under `overfitBatches`: those batches, or their own. Defaults to `train`. */
  overfitEvaluation?: 'train' | 'own'
  /** Runs so many batches (true: 1) of each pass once, and writes nothing. Defaults to off. */
  fastDevRun?: boolean | number
  /** Validation batches tried before training; −1 tries all. Defaults to 2. */
  numSanityValSteps?: number
  /** Validates every n epochs. Defaults to 1. */
  checkValEveryNEpochs?: number
  /** Validates every n training batches, or fraction of an epoch, too. Defaults to the epoch's end only. */
  valCheckInterval?: BatchLimit
  /** Batches whose gradients make one optimizer step. Defaults to 1. */
  accumulateGradBatches?: number
  /** Clips gradients: `{ norm }` all together, `{ value }` each number. Defaults to off. */
  gradientClip?: GradientClipping
  /** Optimizer steps between two rows of the batch's own metrics. Defaults to min(50, steps an epoch). */
  logEveryNSteps?: number
  /** Called in this order, before the checkpoint that `checkpointing` keeps. Defaults to none. */
  callbacks?: readonly Callback[]
  /** Where rows go. Defaults to `[new CSVLogger()]`; `[]` for none. */
  loggers?: readonly Logger[]
  /** Whether the best and the last checkpoint are kept without a `ModelCheckpoint` of yours. Defaults to true. */
  checkpointing?: boolean
  /**
   * Whether the end of a fit is judged: a fit that didn't learn is said to the reporter, in `FitResult.findings` and
   * in the run folder's `findings.json`, with what to try next. Defaults to true.
   */
  learningCheck?: boolean
  /** Folder of runs; false writes nothing at all. Defaults to `runs`. */
  rootDir?: string | false
  /** Name of the run: it lies in `<rootDir>/<name>/version_N`. Defaults to `default`. */
  name?: string
  /** Seed that steps are given. Defaults to what `seedEverything` set, or 42. */
  seed?: number
  /** What else to record in `hparams.json`, such as a command line's options. Defaults to nothing. */
  hparams?: Readonly<Record<string, unknown>>
  /**
   * Measures where the time goes: a table to the reporter and in the result, and `trace.json` in the run folder, which
   * ui.perfetto.dev and about:tracing open. Costs some microseconds a step. Defaults to false.
   */
  profile?: boolean
  /** Whether a step that leaves tensors behind is an error. Defaults to false. */
  detectLeaks?: boolean
  /** Takes what the run has to say. Defaults to keeping quiet. */
  reporter?: Reporter
}
