import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError, failure } from '../errors/cli-error.js'
import { externalPackages } from './external-packages.js'

/**
 * Imports a TypeScript or JavaScript file of the user's own, whatever the module system of its folder: the file and what
 * it imports by path are bundled into one ES module; packages stay outside, and ours are the copies that this program runs.
 *
 * @throws CliError when the file does not parse, imports what is not there, or throws
 */
export function loadUserModule(path: string): Promise<Record<string, unknown>> {
  const loaded = modules.get(path) ?? load(path)
  modules.set(path, loaded)
  return loaded
}

/** A file is run once a process, however often it is asked for. */
const modules = new Map<string, Promise<Record<string, unknown>>>()

async function load(path: string): Promise<Record<string, unknown>> {
  const { sourceMapsEnabled: wereMapsEnabled = false } = process as { sourceMapsEnabled?: boolean }
  const folder = await mkdtemp(join(tmpdir(), 'ductus-'))
  const file = join(folder, `${basename(path, extname(path))}.mjs`)
  try {
    await writeFile(file, await bundle(path, file))
    // Stacks, and the place a definition notes of itself, name the user's own lines.
    process.setSourceMapsEnabled(true)
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    throw failure(`"${path}" could not be loaded: ${reason}.`, cause)
  } finally {
    process.setSourceMapsEnabled(wereMapsEnabled)
    await rm(folder, { recursive: true, force: true })
  }
}

async function bundle(path: string, outfile: string): Promise<string> {
  const { build } = await import('esbuild')
  const url = JSON.stringify(pathToFileURL(path).href)
  try {
    const result = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      outfile,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'silent',
      define: { 'import.meta.url': url },
      // A CommonJS file of the user's may call require for packages.
      banner: {
        js: `import { createRequire as ductusRequire } from 'node:module'; const require = ductusRequire(${url});`,
      },
      plugins: [externalPackages(dirname(path))],
    })
    return result.outputFiles[0]?.text ?? ''
  } catch (cause) {
    throw failure(`"${path}" could not be read: ${firstError(cause)}.`, cause)
  }
}

/** Takes the first of esbuild's messages, with its place. */
function firstError(cause: unknown): string {
  const { errors } = cause as {
    errors?: { text: string; location?: { file: string; line: number; column: number } | null }[]
  }
  const first = errors?.[0]
  if (!first) return cause instanceof Error ? cause.message : String(cause)
  const { location } = first
  return location ? `line ${location.line}: ${first.text}` : first.text
}
