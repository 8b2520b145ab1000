import { models } from '@ductus/models/catalog'
import type { ModelDefinition } from '@ductus/models'
import { usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import type { OwnOption } from '../options/own-option.js'
import { loadUserModule } from '../user-modules/load-user-module.js'
import { isModuleReference, moduleReference } from '../user-modules/module-reference.js'
import { pickExport } from '../user-modules/pick-export.js'
import { ownOptionsOfSchema } from './own-options-of-schema.js'

/** A model that can be had by name, or by the path of a file of the user's. */
export interface ModelClass {
  name: string
  /** The file it comes from, with `#Export` where that was said; undefined for the zoo's own. */
  path: string | undefined
  ownOptions(): Promise<OwnOption[]>
  load(): Promise<ModelDefinition>
}

const definitionKey = Symbol.for('ductus.modelDefinition')

/**
 * Finds a model by name (capitals do not matter) or by path.
 *
 * @throws CliError when there is none
 */
export async function findModelClass(name: string): Promise<ModelClass> {
  if (isModuleReference(name)) return modelOfFile(name)
  const entry = models.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!entry) {
    throw usageError(
      unknownName(
        'model',
        name,
        models.map((one) => one.name),
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

async function modelOfFile(name: string): Promise<ModelClass> {
  const { path, exportName } = moduleReference('model', name)
  const exported = await loadUserModule(path)
  const definition = pickExport(exported, {
    path,
    exportName,
    what: 'a model made by defineModel()',
    option: 'model',
    is: isDefinition,
  })
  return {
    name: definition.modelName,
    path: exportName === undefined ? path : `${path}#${exportName}`,
    ownOptions: () => ownOptionsOfSchema(definition.options, `Options of ${definition.modelName}`),
    load: async () => definition,
  }
}

function isDefinition(value: unknown): value is ModelDefinition {
  return typeof value === 'function' && definitionKey in value
}
