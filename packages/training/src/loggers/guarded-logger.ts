import type { Reporter } from '../reporters/reporter.js'
import type { Logger } from './logger.js'

/** What a logger is asked to do once the run is under way. */
const guardedHooks: ReadonlySet<unknown> = new Set(['log', 'text', 'image', 'flush', 'close'])

/**
 * Makes a logger that ends no run: what fails after `open` and `restore` is warned of once, and the logger gets nothing
 * more.
 */
export function guardedLogger(logger: Logger, reporter: Reporter): Logger {
  let failed = false
  const fail = (error: unknown): void => {
    if (failed) return
    failed = true
    const reason = error instanceof Error ? error.message : String(error)
    reporter.warn(
      `Logger ${logger.name}: ${reason.replace(/\.?$/, '.')} The run continues without this logger.`,
    )
  }
  const guarded =
    (hook: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      if (failed) return undefined
      try {
        const result = hook.apply(logger, args)
        return result instanceof Promise ? result.catch(fail) : result
      } catch (error) {
        fail(error)
        return undefined
      }
    }
  return new Proxy(logger, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      const hook = value as (...args: unknown[]) => unknown
      return guardedHooks.has(key) ? guarded(hook) : hook.bind(target)
    },
  })
}
