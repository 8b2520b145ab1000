import { types } from 'node:util'
import { ownRequire } from '../own-require.js'

const has = (type: string) => (value: unknown) => typeof value === type

/** The type tests that Node 23 took out of `util`, as Node 22 had them. */
const removed: Record<string, (value: unknown) => boolean> = {
  isBoolean: has('boolean'),
  isBuffer: (value) => Buffer.isBuffer(value),
  isDate: (value) => types.isDate(value),
  isError: (value) => types.isNativeError(value) || value instanceof Error,
  isFunction: has('function'),
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: has('number'),
  isObject: (value) => value !== null && typeof value === 'object',
  isPrimitive: (value) =>
    value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: (value) => types.isRegExp(value),
  isString: has('string'),
  isSymbol: has('symbol'),
  isUndefined: (value) => value === undefined,
}

/**
 * Puts back the `util` functions that Node 23 removed: `@tensorflow/tfjs-node` 4.22.0 calls them at every
 * tensor. What is there stays as it is.
 */
export function restoreRemovedUtilities(): void {
  const util = ownRequire()('node:util') as Record<string, unknown>
  for (const [name, test] of Object.entries(removed)) util[name] ??= test
}
