import * as tf from '@tensorflow/tfjs-core'
import { silenceBanner } from '../silence-banner.js'
import type { Candidate } from './candidate.js'

/** TensorFlow.js in plain JavaScript: the reference that every other backend is compared with. */
export const cpuCandidate: Candidate = {
  name: 'cpu',
  tensorflowName: 'cpu',
  summary: 'plain JavaScript, the reference; far too slow to train convolutions',
  async load() {
    await import('@tensorflow/tfjs-backend-cpu')
    silenceBanner(tf.findBackend('cpu'))
    return { ok: true, description: 'plain JavaScript on one core', threads: 1 }
  },
}
