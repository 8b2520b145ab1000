import { dataModules } from '@ductus/data/catalog'
import type { DataModuleClass } from '@ductus/data'
import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import type { OwnOption } from '../options/own-option.js'
import { loadUserModule } from '../user-modules/load-user-module.js'
import { isModuleReference, moduleReference } from '../user-modules/module-reference.js'
import { pickExport } from '../user-modules/pick-export.js'
import { ownOptionsOfSchema } from './own-options-of-schema.js'

/** A data module that can be had by name, or by the path of a file of the user's. */
export interface DataClass {
  name: string
  /** The file it comes from, with `#Export` where that was said; undefined for the catalog's own. */
  path: string | undefined
  ownOptions(): Promise<OwnOption[]>
  load(): Promise<DataModuleClass>
}

/**
 * Finds a data module by name (capitals do not matter) or by path.
 *
 * @throws CliError when there is none
 */
export async function findDataClass(name: string): Promise<DataClass> {
  if (isModuleReference(name)) return dataOfFile(name)
  const entry = dataModules.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!entry) {
    throw usageError(
      unknownName(
        'data module',
        name,
        dataModules.map((one) => one.name),
      ),
    )
  }
  return {
    name: entry.name,
    path: undefined,
    ownOptions: async () => ownOptionsOfSchema(await entry.options(), `Options of ${entry.name}`),
    load: () => entry.load(),
  }
}

async function dataOfFile(name: string): Promise<DataClass> {
  const { path, exportName } = moduleReference('data', name)
  const exported = await loadUserModule(path)
  const found = pickExport(exported, {
    path,
    exportName,
    what: 'a class that extends DataModule',
    option: 'data',
    is: isDataModuleClass,
  })
  return {
    name: found.name,
    path: exportName === undefined ? path : `${path}#${exportName}`,
    ownOptions: () => ownOptionsOfSchema(found.options, `Options of ${found.name}`),
    load: async () => found,
  }
}

/** Known by what it can do, not by its ancestry: the user's file may have another copy of `@ductus/data`. */
function isDataModuleClass(value: unknown): value is DataModuleClass {
  if (typeof value !== 'function') return false
  const { prototype } = value as { prototype?: Record<string, unknown> }
  return ['setup', 'trainDataLoader', 'testDataLoader', 'config'].every(
    (method) => typeof prototype?.[method] === 'function',
  )
}
