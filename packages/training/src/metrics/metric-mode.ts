/** Whether less or more of a metric is better. */
export type MetricMode = 'min' | 'max'

/** Metrics by full name, such as `validation/acc`: the direction of each, or undefined where its name says it. */
export type DeclaredMetrics = Readonly<Record<string, MetricMode | undefined>>

/** Says whether `value` is better than `than` by more than `minDelta`. NaN is never better. */
export function isBetter(value: number, than: number, mode: MetricMode, minDelta = 0): boolean {
  if (Number.isNaN(value)) return false
  if (Number.isNaN(than)) return true
  return mode === 'min' ? value < than - minDelta : value > than + minDelta
}

const moreIsBetter = wordSet(
  'acc accuracy precision recall sensitivity specificity f1 fscore fbeta auc auroc auprc ap map iou miou jaccard dice',
  'bleu rouge meteor mcc kappa r2 psnr ssim mrr ndcg',
)
const lessIsBetter = wordSet(
  'loss losses error errors err cer wer ter mse rmse mae mape nll bce perplexity ppl ece brier fid distance cost',
)

/**
 * Reads the direction off the words of a metric's name: `acc`, `iou`, `f1` … are better when greater, `loss`, `error`,
 * `cer` … when less. Words end at anything but letters and digits; a part of a word before a capital is one too.
 *
 * @returns undefined where the name says nothing, or both
 */
export function modeByName(name: string): MetricMode | undefined {
  const own = name.slice(name.lastIndexOf('/') + 1)
  const parts = own.split(/[^a-z\d]+/i)
  const words = [...parts, ...parts.flatMap((part) => part.split(/(?<=[a-z\d])(?=[A-Z])/))].map(
    (word) => word.toLowerCase(),
  )
  const more = words.some((word) => moreIsBetter.has(word))
  const less = words.some((word) => lessIsBetter.has(word))
  if (more === less) return undefined
  return more ? 'max' : 'min'
}

function wordSet(...lines: string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '))
}
