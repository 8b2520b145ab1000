import type { HookName } from './callback.js'

const named: Record<HookName, true> = {
  onSetup: true,
  onFitStart: true,
  onEpochStart: true,
  onTrainBatchStart: true,
  onBeforeOptimizerStep: true,
  onAfterOptimizerStep: true,
  onTrainBatchEnd: true,
  onValidationStart: true,
  onValidationBatchEnd: true,
  onValidationEnd: true,
  onEpochEnd: true,
  onSavePoint: true,
  onCheckpointSaving: true,
  onCheckpointSaved: true,
  onCheckpointLoaded: true,
  onFitEnd: true,
  onTestStart: true,
  onTestBatchEnd: true,
  onTestEnd: true,
  onPredictStart: true,
  onPredictBatchEnd: true,
  onPredictEnd: true,
  onException: true,
  onTeardown: true,
}

/** All hooks, in the order in which a run calls them. */
export const hookNames = Object.keys(named) as readonly HookName[]
