import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../files/package-root.js'
import type { WorkerStart } from './messages.js'

/** Starts a worker thread, from the built files or, in a checkout, from the sources. */
export function startWorker(workerData: WorkerStart): Worker {
  // The flags of the main thread (a test runner's, a loader's) are not the worker's.
  const options = { workerData, execArgv: [] }
  const fromSource = fileURLToPath(import.meta.url).endsWith('.ts')
  if (!fromSource) return new Worker(join(packageRoot(), 'dist', 'worker.js'), options)
  return new Worker(bundledSource(), { ...options, eval: true })
}

interface Bundler {
  buildSync: (options: Record<string, unknown>) => { outputFiles: { text: string }[] }
}

let bundled: string | undefined

/** Bundles the sources once a process: threads of Node 20 cannot load TypeScript, and a loader in each is slow to start. */
function bundledSource(): string {
  if (bundled !== undefined) return bundled
  const root = packageRoot()
  const { buildSync } = createRequire(join(root, 'from.js'))('esbuild') as Bundler
  const { outputFiles } = buildSync({
    entryPoints: [join(root, 'src', 'worker.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'error',
  })
  bundled = outputFiles[0]?.text ?? ''
  return bundled
}
