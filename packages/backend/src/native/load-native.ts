import { createRequire } from 'node:module'
import '@tensorflow/tfjs-backend-cpu'
import { findBackend, findBackendFactory, registerBackend } from '@tensorflow/tfjs-core'
import type { Addon } from '../../native/addon.js'
import type { BackendOptions, NotReady, Ready } from '../candidates/candidate.js'
import { findAddon } from './find-addon.js'
import type { AddonFile } from './find-addon.js'
import { platformOf, runPlatforms, thisMachine } from './machine.js'
import { NativeBackend } from './native-backend.js'
import { registerKernels } from './register-kernels.js'

/** Version of the addon's interface that this package speaks. */
const expectedAbi = 1
const backendName = 'native'
const defaultPoolBytes = 1024 ** 3

export interface NativeReady extends Ready {
  threads: number
  isa: string
  /** Whether a platform's package has the binary or this machine's compiler made it. */
  origin: AddonFile['origin']
}

/**
 * Loads the addon and registers the `native` backend with TensorFlow.js. Asked again, it sets threads and
 * instruction set of the one that is there.
 */
export async function loadNative(options: BackendOptions = {}): Promise<NativeReady | NotReady> {
  const file = findAddon()
  if ('reason' in file) return { ok: false, reason: file.reason }
  let backend: NativeBackend
  try {
    backend = nativeBackend(file, options)
    if (options.isa) backend.addon.setIsa(options.isa)
    const { addon } = backend
    if (options.threads) addon.setThreads(Math.min(options.threads, addon.maxThreads))
  } catch (error) {
    return { ok: false, reason: `${file.path}: ${firstLine(error)}` }
  }
  const { addon } = backend
  const threads = addon.threads()
  const isa = addon.isa()
  const many = threads === 1 ? '1 thread' : `${threads} threads`
  return {
    ok: true,
    description: `C++ kernels (${isa}, ${many}), ${file.origin} by ${addon.compiler}`,
    threads,
    isa,
    origin: file.origin,
    notices: [
      ...threadNotices(addon, options.threads ?? Number(process.env.DUCTUS_THREADS)),
      ...processorNotices(addon),
      ...platformNotices(file),
    ],
  }
}

function threadNotices({ maxThreads }: Addon, wanted: number): string[] {
  if (!(wanted > maxThreads)) return []
  return [`native computes on ${maxThreads} threads at most: ${wanted} were asked for`]
}

function processorNotices({ isas }: Addon): string[] {
  if (process.arch !== 'x64' || isas.includes('avx2')) return []
  return [
    'native runs without AVX2, which this processor lacks: slower than on processors since 2013',
  ]
}

function platformNotices({ origin }: AddonFile): string[] {
  const platform = platformOf(thisMachine())
  if (origin === 'built' || runPlatforms.includes(platform)) return []
  return [
    `native's binary for ${platform} was built and checked, but has not been run by its makers`,
  ]
}

/** The backend of this thread: TensorFlow.js keeps it, so that two copies of this package share one. */
function nativeBackend(file: AddonFile, options: BackendOptions): NativeBackend {
  if (!findBackendFactory(backendName)) {
    const backend = new NativeBackend(loadAddon(file), {
      limitBytes: options.poolLimitBytes ?? defaultPoolBytes,
      poison: options.poison ?? process.env.DUCTUS_POISON === '1',
    })
    registerKernels(backendName)
    registerBackend(backendName, () => backend, 0)
  }
  return findBackend(backendName) as NativeBackend
}

function loadAddon({ path }: AddonFile): Addon {
  const addon = createRequire(import.meta.url)(path) as Addon
  if (addon.abi !== expectedAbi) {
    throw new Error(
      `it has interface ${addon.abi}, this package needs ${expectedAbi}: install the same version of both`,
    )
  }
  return addon
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}
