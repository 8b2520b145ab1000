import { failure } from '../errors/cli-error.js'
import { loadUserModule } from '../user-modules/load-user-module.js'
import { moduleReference } from '../user-modules/module-reference.js'
import { pickExport } from '../user-modules/pick-export.js'

/**
 * Loads a callback of the user's own: an object with hooks, or a class or function without arguments that makes one.
 *
 * @throws CliError when the file has none
 */
export async function loadCallback(text: string): Promise<object> {
  const { path, exportName } = moduleReference('callback', text)
  const exported = await loadUserModule(path)
  const found = pickExport(exported, {
    path,
    exportName,
    what: 'a callback: an object with hooks, or a class or function that makes one',
    option: 'callback',
    is: (value): value is object => isHooks(value) || typeof value === 'function',
  })
  const callback = typeof found === 'function' ? make(found as Maker) : found
  if (isHooks(callback)) return callback
  throw failure(`"${path}": expected a callback with hooks, received ${typeof callback}.`)
}

type Maker = ((...args: never[]) => unknown) & { prototype?: unknown }

function make(maker: Maker): unknown {
  const isClass = /^class\b/.test(Function.prototype.toString.call(maker))
  return isClass ? Reflect.construct(maker, []) : (maker as () => unknown)()
}

/** An object, plain or of a class, with at least one method. */
function isHooks(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  for (let at: object | null = value; at !== null && at !== Object.prototype;) {
    const names = Object.getOwnPropertyNames(at).filter((name) => name !== 'constructor')
    if (names.some((name) => typeof (value as Record<string, unknown>)[name] === 'function'))
      return true
    at = Object.getPrototypeOf(at) as object | null
  }
  return false
}
