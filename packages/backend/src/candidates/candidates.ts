import { cpuCandidate } from './cpu-candidate.js'
import { nativeCandidate } from './native-candidate.js'
import { tensorflowCandidate, tensorflowGpuCandidate } from './tensorflow-candidate.js'
import { wasmCandidate } from './wasm-candidate.js'
import { webgpuCandidate } from './webgpu-candidate.js'
import type { Candidate } from './candidate.js'

/** Every candidate, best first: `auto` takes the first that loads. */
export const candidates: readonly Candidate[] = [
  tensorflowGpuCandidate,
  webgpuCandidate,
  nativeCandidate,
  tensorflowCandidate,
  wasmCandidate,
  cpuCandidate,
]
