import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)

/** The Python that has PyTorch: DUCTUS_BENCH_PYTHON, a `.bench/venv` of the repository, or the system's. */
function pythonWithTorch() {
  const candidates = [
    process.env.DUCTUS_BENCH_PYTHON,
    join(here, '../../.bench/venv/bin/python'),
    '/usr/bin/python3',
    'python3',
  ]
  for (const python of candidates.filter(Boolean))
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' })
      return python
    } catch {
      continue
    }
  return null
}

function installed(name) {
  try {
    return existsSync(require.resolve(`${name}/package.json`))
  } catch {
    return false
  }
}

/** Every system that could take part: how it is started, or why it is absent. `peer` ones are what we compare with. */
export function systems(threads, isa) {
  const python = pythonWithTorch()
  const torch = (layout) => ({
    name: `PyTorch ${layout}`,
    group: 'pytorch',
    absent: python ? null : 'no python3 with torch (Debian: python3-torch, libopenblas0-pthread)',
    command: python,
    args: [join(here, 'peers/torch_worker.py'), String(threads), layout],
    env: { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
    kinds: ['train', 'forward', 'conv', 'gemm'],
  })
  const ours = (name, backend, env, extra = {}) => ({
    name,
    group: 'ductus',
    absent: null,
    command: process.execPath,
    args: ['--expose-gc', join(here, 'ductus-worker.mjs'), backend],
    env: { DUCTUS_THREADS: String(threads), ...env },
    kinds: ['train', 'forward', 'conv', 'gemm'],
    ...extra,
  })
  return [
    ours('Ductus native', 'native', isa ? { DUCTUS_ISA: isa } : {}),
    torch('nchw'),
    torch('channels_last'),
    ours('TensorFlow.js cpu', 'cpu', {}, { group: 'cpu', tinyOnly: true, slow: true }),
    ours(
      'Ductus wasm',
      'wasm',
      {},
      { group: 'wasm', kinds: ['train', 'forward'], nets: ['MLP', 'CNN'], slow: true },
    ),
    {
      ...ours('tfjs-node', 'tensorflow', {}, { group: 'tfjs-node' }),
      absent: installed('@tensorflow/tfjs-node') ? null : '@tensorflow/tfjs-node is not installed',
    },
  ]
}
