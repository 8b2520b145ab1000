/** What `model.apply(x, options)` tells every layer. */
export interface CallOptions {
  /** Whether dropout drops and batch norm uses the batch's own statistics. Defaults to false. */
  readonly training?: boolean | undefined
  /** Number of the optimizer's step: dropout masks depend on it. */
  readonly step?: number | undefined
  /** Number of the batch within an accumulated step. Defaults to 0. */
  readonly micro?: number | undefined
  /** Place of the first sample, where these are a part of the batch: dropout masks depend on it. Defaults to 0. */
  readonly first?: number | undefined
}
