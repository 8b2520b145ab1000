/** What went wrong, for programs: the message is for people. */
export type TrainingErrorCode =
  | 'INVALID_OPTION'
  | 'UNKNOWN_NAME'
  | 'UNKNOWN_METRIC'
  | 'SHAPE_MISMATCH'
  | 'INVALID_LABEL'
  | 'NON_FINITE_LOSS'
  | 'NON_FINITE_SCORES'
  | 'NO_DATA'
  | 'NOT_SUPPORTED'
  | 'CALLBACK_FAILED'
  | 'CHECKPOINT_MISSING'
  | 'CHECKPOINT_DAMAGED'
  | 'CHECKPOINT_FOREIGN'
  | 'RUN_IN_USE'
  | 'FILE_SYSTEM'

/** Reports every failure of `@ductus/training`, with a `code` and, where there is one, a `cause`. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError'

  constructor(
    readonly code: TrainingErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}
