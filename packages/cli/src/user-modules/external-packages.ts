import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Plugin, PluginBuild, ResolveResult } from 'esbuild'

/** Packages of which there must be one copy in the process: ours, and the TensorFlow.js they share. */
const shared = /^(ductus|@ductus\/|@tensorflow\/tfjs-)/

const ownFile = fileURLToPath(import.meta.url)

/** Run from source, our packages are their sources too. */
const conditions = ownFile.endsWith('.ts') ? ['@ductus/source'] : []

/**
 * Keeps packages out of the bundle, each by the absolute path of its file. The shared ones are taken from where this
 * program has them; any other from the user's folder, or from ours where the user has none (zod).
 */
export function externalPackages(userFolder: string): Plugin {
  return {
    name: 'ductus-external-packages',
    setup(build) {
      build.initialOptions.conditions = [...conditions, 'module', 'import']
      const ownFolder = dirname(ownFile)
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, pluginData, resolveDir }) => {
        if (pluginData === asked || kind === 'entry-point' || /^[A-Za-z]:[\\/]/.test(path)) return
        if (isBuiltin(path)) return { path, external: true }
        const folders = shared.test(path)
          ? [ownFolder, userFolder]
          : [resolveDir || userFolder, userFolder, ...(await modelFolders(build, ownFolder))]
        for (const folder of folders) {
          const found = await resolveIn(build, path, folder)
          if (found === undefined) continue
          const isRequire = kind === 'require-call' || kind === 'require-resolve'
          return { path: isRequire ? found : pathToFileURL(found).href, external: true }
        }
        return
      })
    },
  }
}

const asked = Symbol('asked by ourselves')

/** The packages that our models lean on (zod) serve the user's files too. */
async function modelFolders(build: PluginBuild, ownFolder: string): Promise<string[]> {
  const models = await resolveIn(build, '@ductus/models', ownFolder)
  return models === undefined ? [ownFolder] : [ownFolder, dirname(models)]
}

async function resolveIn(
  build: PluginBuild,
  path: string,
  resolveDir: string,
): Promise<string | undefined> {
  const result: ResolveResult = await build.resolve(path, {
    resolveDir,
    kind: 'import-statement',
    pluginData: asked,
  })
  return result.errors.length > 0 || result.path === '' || result.path === path
    ? undefined
    : result.path
}
