import { getGradient } from '@tensorflow/tfjs-core'

/**
 * Registers TensorFlow.js' gradients where nothing has. In Node `@tensorflow/tfjs-core` comes without them and
 * `@tensorflow/tfjs-layers` brings them: `tf.grad` would fail with "gradient function not found".
 */
export async function ensureGradients(): Promise<void> {
  if (!getGradient('Add')) await import('@tensorflow/tfjs-layers')
}
