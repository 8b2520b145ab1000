import type { ProgressState } from './reporter.js'

/**
 * Writes a pass as one line:
 * `Epoch 2/5  45% ███████▌          24750/55000  1234 samples/s  0:24 left  train/loss 0.3121  train/acc 0.9102`
 *
 * @param bar cells of the bar; 0 leaves it and what changes by the second away
 */
export function progressLine(state: ProgressState, bar = 0): string {
  const { samples, samplesTotal, batch, batches, metrics, done } = state
  const share = batches === 0 ? 1 : batch / batches
  const count = samplesTotal > 0 ? `${samples}/${samplesTotal}` : `${batch}/${batches}`
  const parts = [title(state)]
  if (bar > 0 && !done) parts.push(`${percent(share)} ${cells(share, bar)}`, count)
  parts.push(`${Math.round(state.samplesPerSecond)} samples/s`)
  if (bar > 0 && !done) parts.push(`${minutes(state.secondsLeft)} left`)
  for (const [name, value] of Object.entries(metrics)) parts.push(`${name} ${value.toFixed(4)}`)
  return parts.join('  ')
}

function title({ stage, epoch, maxEpochs, done }: ProgressState): string {
  if (stage === 'test') return 'Test'
  if (stage === 'predict') return 'Predict'
  if (stage === 'validation' && done) return 'Validation'
  const counted = `Epoch ${epoch + 1}${maxEpochs === undefined ? '' : `/${maxEpochs}`}`
  return stage === 'validation' ? `${counted} validation` : counted
}

function percent(share: number): string {
  return `${Math.floor(share * 100)}%`.padStart(4)
}

function cells(share: number, width: number): string {
  const eighths = Math.round(share * width * 8)
  const partial = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8]!
  return ('█'.repeat(Math.floor(eighths / 8)) + partial).padEnd(width, '·')
}

function minutes(seconds: number): string {
  const whole = Math.ceil(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
