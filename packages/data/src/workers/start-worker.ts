import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../files/package-root.js'
import type { WorkerStart } from './messages.js'

/** Starts a worker thread, from the built files or, in a checkout, from the sources by tsx. */
export function startWorker(workerData: WorkerStart): Worker {
  const root = packageRoot()
  const fromSource = fileURLToPath(import.meta.url).endsWith('.ts')
  // The flags of the main thread (a test runner's, a loader's) are not the worker's.
  if (!fromSource) return new Worker(join(root, 'dist', 'worker.js'), { workerData, execArgv: [] })
  const manifest = createRequire(join(root, 'from.js')).resolve('tsx/package.json')
  const tsx = pathToFileURL(join(dirname(manifest), 'dist/esm/api/index.mjs')).href
  const source = pathToFileURL(join(root, 'src', 'worker.ts')).href
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(source)})
  })`
  return new Worker(code, { eval: true, workerData, execArgv: [] })
}
