/**
 * A Trainer for TensorFlow.js: loops, callbacks, loggers, checkpoints.
 *
 * @example
 * const trainer = new Trainer({ maxEpochs: 5, callbacks: [new EarlyStopping()] })
 * await trainer.fit(new Classifier(model, { lr: 1e-3 }), data)
 * const { metrics } = await trainer.test({ checkpoint: 'best' })
 */
export { ActivationStats, type ActivationStatsOptions } from './callbacks/activation-stats.js'
export type {
  BatchOutcome,
  Callback,
  CheckpointEvent,
  HookName,
  Hooks,
  PredictedBatch,
  SavePoint,
  StateTensors,
} from './callbacks/callback.js'
export { checkpointName } from './callbacks/checkpoint-name.js'
export {
  ConfusionMatrix,
  confusionMatrixFormat,
  type ConfusionMatrixOptions,
  type ConfusionRows,
} from './callbacks/confusion-matrix.js'
export {
  EarlyStopping,
  type EarlyStoppingOptions,
  type EarlyStoppingReason,
} from './callbacks/early-stopping.js'
export {
  GradientNormMonitor,
  type GradientNormMonitorOptions,
} from './callbacks/gradient-norm-monitor.js'
export { hookNames } from './callbacks/hook-names.js'
export type { LayerStatistics } from './callbacks/layer-statistics.js'
export { LearningRateMonitor } from './callbacks/learning-rate-monitor.js'
export { LossHistory } from './callbacks/loss-history.js'
export { Monitor, type MonitoredValue, type MonitorOptions } from './callbacks/monitor.js'
export { ModelCheckpoint, type ModelCheckpointOptions } from './callbacks/model-checkpoint.js'
export { ModelSummary, summaryLines } from './callbacks/model-summary.js'
export { ParameterHistory, type ParameterHistoryOptions } from './callbacks/parameter-history.js'
export {
  parameterHistoryFormat,
  type HistogramOptions,
  type ParameterHistoryIndex,
} from './callbacks/parameter-history-format.js'
export { PredictionWriter } from './callbacks/prediction-writer.js'
export { readParameterHistory, type RecordedParameter } from './callbacks/read-parameter-history.js'
export {
  SamplePredictions,
  samplePredictionsFormat,
  type SamplePrediction,
} from './callbacks/sample-predictions.js'
export { ThroughputMonitor, type ThroughputMonitorOptions } from './callbacks/throughput-monitor.js'
export { Timer, type TimedStage, type TimerOptions } from './callbacks/timer.js'
export { WeightAveraging, type WeightAveragingOptions } from './callbacks/weight-averaging.js'
export { ProgressBar, type ProgressBarOptions } from './callbacks/progress-bar.js'
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from './callbacks/reduce-on-plateau.js'
export type {
  CheckpointRequest,
  HookLogOptions,
  TrainerContext,
} from './callbacks/trainer-context.js'
export {
  checkpointFormat,
  type CheckpointManifest,
  type SoftwareInfo,
  type StoredModel,
  type StoredOptimizer,
  type StoredTensor,
} from './checkpoints/checkpoint-manifest.js'
export {
  loadCheckpointWeights,
  type LoadedWeights,
  type LoadWeightsOptions,
} from './checkpoints/load-checkpoint-weights.js'
export { loadStockModel, type LoadStockModelOptions } from './checkpoints/load-stock-model.js'
export {
  readCheckpoint,
  type Checkpoint,
  type ReadCheckpointOptions,
} from './checkpoints/read-checkpoint.js'
export { restoreModule, type RestoreModuleOptions } from './checkpoints/restore-module.js'
export type { StateTensor } from './checkpoints/tensor-file.js'
export { isBatchLimit, limitedBatches, type BatchLimit } from './data/batch-limit.js'
export type { BatchLoader, DataStage, TrainingData } from './data/training-data.js'
export type { StateSchema } from './files/state-schema.js'
export { encodePng, type LoggedImage } from './files/encode-png.js'
export type { LearningFinding, LearningFindingCode } from './learning-check/learning-finding.js'
export { CSVLogger } from './loggers/csv-logger.js'
export { JSONLLogger } from './loggers/jsonl-logger.js'
export { MLflowLogger, type MLflowLoggerOptions } from './loggers/mlflow/mlflow-logger.js'
export { TensorBoardLogger } from './loggers/tensorboard/tensorboard-logger.js'
export type { LoggedRun, Logger, LogRow } from './loggers/logger.js'
export { WandbLogger, type WandbLoggerOptions } from './loggers/wandb-logger.js'
export type { LoopState } from './loops/loop-state.js'
export { ConfusionCounts } from './metrics/confusion-counts.js'
export type { DeclaredMetrics, MetricMode } from './metrics/metric-mode.js'
export type { LinePair } from './metrics/score-lines.js'
export type { HostValues, LoggedValue } from './metrics/step-log.js'
export { Classifier, type ClassifierOptions } from './modules/classifier.js'
export { freeze, unfreeze, type LayerChoice } from './modules/freeze.js'
export type { LearningOptions } from './modules/learning-options.js'
export { LineRecognizer } from './modules/line-recognizer.js'
export type { LineRecognizerOptions } from './modules/line-recognizer-options.js'
export {
  LitModule,
  type EvaluationReport,
  type LogOptions,
  type LogSink,
} from './modules/lit-module.js'
export {
  lossByName,
  lossNames,
  type ClassifierLoss,
  type LossName,
  type ScoreKind,
} from './modules/losses.js'
export type { ScoredBatch } from './modules/scored-batch.js'
export type { ManualStepContext, Stage, StepContext, TensorBatch } from './modules/step-context.js'
export type { DividedLoss, StepLoss } from './modules/step-loss.js'
export { Adagrad, type AdagradOptions } from './optimizers/adagrad.js'
export { Adam, AdamW, type AdamOptions } from './optimizers/adam.js'
export {
  createOptimizer,
  optimizerNames,
  type OptimizerName,
} from './optimizers/create-optimizer.js'
export {
  Optimizer,
  type OptimizerHyper,
  type Slots,
  type TrainedWeight,
  type UpdateInput,
} from './optimizers/optimizer.js'
export type { OptimizerBinding, OptimizerSetup } from './optimizers/optimizer-setup.js'
export { RMSprop, type RMSpropOptions } from './optimizers/rmsprop.js'
export { SGD, type SGDOptions } from './optimizers/sgd.js'
export type { Profile, ProfileRow } from './profiler/profiler.js'
export { silentReporter, type ProgressState, type Reporter } from './reporters/reporter.js'
export { progressLine } from './reporters/progress-line.js'
export { streamReporter, type ReportStream } from './reporters/stream-reporter.js'
export {
  constantLr,
  cosineLr,
  exponentialLr,
  multiStepLr,
  stepLr,
  type CosineOptions,
} from './schedules/annealing.js'
export { linearWarmup, type WarmupOptions } from './schedules/linear-warmup.js'
export { oneCycle, type OneCycleOptions } from './schedules/one-cycle.js'
export type { Schedule, ScheduledValues } from './schedules/schedule.js'
export { currentSeed, seedEverything } from './seed-everything.js'
export { characterErrorRate } from './text/character-error-rate.js'
export { ctcAlign, type AlignedCharacter } from './text/ctc-align.js'
export { ctcBeamDecode, type CtcBeamOptions, type CtcBeamResult } from './text/ctc-beam-decode.js'
export { ctcGreedyDecode, type CtcDecodeOptions } from './text/ctc-greedy-decode.js'
export { characterIndices, decodeText } from './text/decode-text.js'
export {
  alignSequences,
  editDistance,
  type Alignment,
  type Sequence,
} from './text/edit-distance.js'
export {
  LineReader,
  lineLossNames,
  type LineLoss,
  type LineReaderOptions,
  type LineReading,
  type ReadCharacter,
} from './text/line-reader.js'
export type { LineScores } from './text/log-probabilities.js'
export { specialTokens } from './text/special-tokens.js'
export {
  findLearningRate,
  type FindLearningRateOptions,
  type LearningRateSweep,
} from './trainer/find-learning-rate.js'
export { findCheckpoint, type FindCheckpointOptions } from './trainer/find-checkpoint.js'
export { findRunFolder, type RunPlace } from './trainer/find-run.js'
export { hparamsFormat } from './trainer/hparams.js'
export { readHparams, type RunHparams } from './trainer/read-hparams.js'
export type { EvaluationResult, FitResult, PredictResult, RunStatus } from './trainer/results.js'
export { scoreSamples, type SampleScores, type UnscoredBatch } from './trainer/score-samples.js'
export { Trainer, type EvaluateOptions, type FitOptions } from './trainer/trainer.js'
export type { GradientClipping, TrainerOptions } from './trainer/trainer-options.js'
export { TrainingError, type TrainingErrorCode } from './training-error.js'
export { version } from './version.js'
