import type { Logger } from '../loggers/logger.js'
import type { Profiler } from './profiler.js'

const hooks = ['open', 'log', 'text', 'image', 'flush', 'close', 'restore'] as const

/** A logger whose every call is measured. */
export function timedLogger(logger: Logger, profiler: Profiler): Logger {
  const { name, stateSchema } = logger
  const entries = hooks.flatMap((hook) => {
    const call = logger[hook]?.bind(logger) as ((...args: unknown[]) => unknown) | undefined
    return call ? [[hook, profiler.around(`${name}.${hook}`, `logger ${name}`, call)]] : []
  })
  const state = logger.state && { state: () => logger.state!() }
  return {
    name,
    ...state,
    ...(stateSchema && { stateSchema }),
    ...Object.fromEntries(entries),
  } as Logger
}
