import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError } from '../errors/cli-error.js'

/** A file of the user's own, and which of its exports is meant. */
export interface ModuleReference {
  path: string
  exportName: string | undefined
}

/** Tells a path (`./my-model.ts`, `/home/me/m.js#Mine`) from a name of the catalog (`CNN`). */
export function isModuleReference(text: string): boolean {
  const [path = ''] = text.split('#')
  return /^(\.{0,2}[\\/]|~\/|[A-Za-z]:[\\/])/.test(path) || /\.[cm]?[jt]sx?$/.test(path)
}

/**
 * Reads the path of a user's file.
 *
 * @throws CliError when there is no such file
 */
export function moduleReference(option: string, text: string): ModuleReference {
  const [written = '', exportName] = text.split('#')
  const path = resolve(written)
  if (!existsSync(path) || statSync(path).isDirectory()) {
    throw usageError(`Option --${option}: there is no file "${written}".`)
  }
  return { path, exportName }
}

/** Makes the path of a user's file absolute; a name of the catalog stays as it is. */
export function absoluteReference(text: string): string {
  if (!isModuleReference(text)) return text
  const [path = '', exportName] = text.split('#')
  return exportName === undefined ? resolve(path) : `${resolve(path)}#${exportName}`
}
