/** Errors that say all in their message: ours, and the system's (`EACCES`). */
function isExpected(error: Error): boolean {
  return typeof (error as { code?: unknown }).code === 'string' && !(error instanceof TypeError)
}

/** Writes an error for the terminal: its message; with `debug` its stack and its causes. */
export function errorText(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `ductus: ${String(error)}`
  const message = systemText(error)
  const said = message.startsWith('ductus ') ? message : `ductus: ${message}`
  if (debug) return [stackOf(error), ...causes(error)].join('\ncaused by: ')
  if (isExpected(error)) return said
  return `ductus: ${error.name}: ${error.message} (--debug shows where)`
}

function causes(error: Error): string[] {
  const { cause } = error
  return cause instanceof Error ? [stackOf(cause), ...causes(cause)] : []
}

function stackOf(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`
}

/** Says the commonest errors of the file system in words. */
function systemText(error: Error): string {
  const { code, path } = error as NodeJS.ErrnoException
  const words = {
    EACCES: 'no permission for',
    EPERM: 'no permission for',
    EROFS: 'the disk is read-only:',
    ENOSPC: 'the disk is full:',
    ENOTDIR: 'a part of the path is a file, not a folder:',
    EEXIST: 'there is a file in the way:',
    ENOENT: 'there is no',
  }[code ?? '']
  return words !== undefined && path !== undefined ? `${words} "${path}".` : error.message
}
