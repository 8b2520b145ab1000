import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { resolve } = createRequire(import.meta.url)
const core = dirname(resolve('@tensorflow/tfjs-core/package.json'))

/**
 * Bundles TensorFlow.js' tests with this package's source and the backends into one CommonJS file under
 * node_modules/.cache, and returns its path. Everything then shares the tests' own copy of tfjs-core.
 */
export async function bundleSuite() {
  const outfile = join(dirname(dirname(core)), '.cache/ductus-conformance/suite.cjs')
  await build({
    entryPoints: [join(here, 'suite-entry.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    mainFields: ['module', 'main'],
    // tfjs-core declares its tests free of side effects, which would drop them all.
    ignoreAnnotations: true,
    alias: { '@tensorflow/tfjs-core': join(core, 'dist/index.js') },
    external: ['jasmine-core', 'jasmine-core/*', '*.node'],
    plugins: [sourceUrls, coreFolder],
  })
  return outfile
}

/** `@tensorflow/tfjs-core/dist/x` stays a file of the package; only the bare name is its ESM entry. */
const coreFolder = {
  name: 'core-folder',
  setup({ onResolve }) {
    onResolve({ filter: /^@tensorflow\/tfjs-core\/dist\// }, ({ path }) => ({
      path: resolve(path.replace('@tensorflow/tfjs-core', core)),
    }))
  },
}

/** Files that look for others beside themselves keep the address that they have in the source. */
const sourceUrls = {
  name: 'source-urls',
  setup({ onLoad }) {
    onLoad({ filter: /packages[\\/]backend[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(path).href)
      return { loader: 'ts', contents: source.replaceAll('import.meta.url', url) }
    })
  },
}
