import type { Classifier, LineRecognizer } from '@ductus/training'

/** Values that go through the network at once: 128 digits, or 16 lines of 896 columns. */
const most = 16 * 28 * 896

/** What a module makes of one input. */
export interface InputScores {
  /** The network's outputs, `[classes]`, or `[steps, classes]` of a line. */
  outputs: Float32Array
  /** What they mean by the module's loss. */
  scores: Float32Array
}

/**
 * Scores inputs without labels, in parts, as `@ductus/training` scores samples.
 *
 * @param dims `[height, width, channels]`
 */
export async function scoreInputs(
  module: Classifier | LineRecognizer,
  inputs: readonly Float32Array[],
  dims: readonly number[],
): Promise<InputScores[]> {
  const { scoreSamples } = await import('@ductus/training')
  const length = dims.reduce((a, b) => a * b, 1)
  const chunk = Math.min(128, Math.max(1, Math.floor(most / length)))
  const scored: InputScores[] = []
  for (let from = 0; from < inputs.length; from += chunk) {
    const part = inputs.slice(from, from + chunk)
    const x = new Float32Array(part.length * length)
    part.forEach((values, i) => x.set(values, i * length))
    const { outputs, scores } = await scoreSamples(module, {
      ...{ x, xShape: [part.length, ...dims], size: part.length },
    })
    const each = outputs.length / part.length
    part.forEach((_, i) => {
      const [start, end] = [i * each, (i + 1) * each]
      scored.push({ outputs: outputs.slice(start, end), scores: scores.slice(start, end) })
    })
  }
  return scored
}
