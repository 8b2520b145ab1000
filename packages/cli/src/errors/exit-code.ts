import { CliError } from './cli-error.js'

/** What the process ends with: done, failed, usage, interrupted (Ctrl-C). */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  interrupted: 130,
  terminated: 143,
} as const

/** Codes of our packages' errors that mean a value on the command line was wrong. */
const usageCodes = /^(argument|invalid[-_](options?|argument)|bad[-_]options?|unknown[-_]\w+)$/i

/** Tells which code an error ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.code === 'usage' ? exitCodes.usage : exitCodes.failed
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && usageCodes.test(code) ? exitCodes.usage : exitCodes.failed
}
