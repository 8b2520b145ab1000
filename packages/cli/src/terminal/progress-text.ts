import type { ProgressState } from '@ductus/training'

const titles = { train: 'Epoch', validation: 'Validating', test: 'Testing', predict: 'Predicting' }

/** Writes how far a pass is: name, bar, batches, speed, time left, latest means. */
export function progressText(state: ProgressState, barWidth = 24): string {
  const { stage, batch, batches, samplesPerSecond, secondsLeft, metrics } = state
  const share = batches > 0 ? Math.min(1, batch / batches) : 0
  const filled = Math.round(share * barWidth)
  const parts = [
    stage === 'train' ? epochName(state) : titles[stage],
    `${'━'.repeat(filled)}${'─'.repeat(barWidth - filled)}`,
    `${batch}/${batches}`,
    Number.isFinite(samplesPerSecond) && samplesPerSecond > 0 ? `${rate(samplesPerSecond)}/s` : '',
    Number.isFinite(secondsLeft) ? `${clock(secondsLeft)} left` : '',
    metricsText(metrics, stage).replaceAll(`${stage}/`, ''),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** Writes `Epoch 2/5`, or `Epoch 2` where no number of epochs was set. */
export function epochName({
  epoch,
  maxEpochs,
}: Pick<ProgressState, 'epoch' | 'maxEpochs'>): string {
  const isBounded = maxEpochs !== undefined && maxEpochs > 0 && maxEpochs < 1e9
  return isBounded ? `Epoch ${epoch + 1}/${maxEpochs}` : `Epoch ${epoch + 1}`
}

/** Writes means as `train/loss 0.312 train/acc 0.906`; those of one stage alone where it is named. */
export function metricsText(metrics: Readonly<Record<string, number>>, stage?: string): string {
  return Object.entries(metrics)
    .filter(([name]) => stage === undefined || name.startsWith(`${stage}/`) || !name.includes('/'))
    .map(([name, value]) => `${name} ${number(value)}`)
    .join(' ')
}

/** Writes a metric with 4 significant digits. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(2)
  return Math.abs(value) >= 1e4 ? value.toFixed(0) : String(Number(value.toPrecision(4)))
}

/** Writes seconds as `0:07`, `12:30` or `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

function rate(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)
}
