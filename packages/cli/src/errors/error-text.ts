/** Errors that say all in their message: ours, and the system's (`EACCES`). */
function isExpected(error: Error): boolean {
  return typeof (error as { code?: unknown }).code === 'string' && !(error instanceof TypeError)
}

/** Writes an error for the terminal: its message; with `debug` its stack and its causes. */
export function errorText(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `ductus: ${String(error)}`
  const known = systemText(error)
  const message = known ?? error.message
  const said = message.startsWith('ductus ') ? message : `ductus: ${message}`
  if (debug) {
    const stacks = [stackOf(error), ...causes(error)].join('\ncaused by: ')
    return known === undefined ? stacks : `${said}\n${stacks}`
  }
  if (known !== undefined || isExpected(error)) return said
  const [line = ''] = error.message.split('\n')
  return `ductus: ${error.name}: ${line} (--debug shows where)`
}

function causes(error: Error): string[] {
  const { cause } = error
  return cause instanceof Error ? [stackOf(cause), ...causes(cause)] : []
}

function stackOf(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`
}

/** What V8, TensorFlow.js and C++ say where memory ran out. */
const outOfMemory =
  /array buffer allocation failed|invalid typed array length: \d|out of memory|cannot allocate memory|could not allocate|memory allocation (failed|failure)|bad_alloc/i

/** Says errors of the system in words: memory, file handles, the file system; undefined for all others. */
function systemText(error: Error): string | undefined {
  const { code, path, syscall, message } = error as NodeJS.ErrnoException
  const isMemory =
    code === 'ENOMEM' || code === 'ERR_MEMORY_ALLOCATION_FAILED' || code === 'ERR_BUFFER_TOO_LARGE'
  if (
    isMemory ||
    ((code === undefined || error instanceof RangeError) && outOfMemory.test(message))
  ) {
    return 'memory ran out. Close other programs, raise the limit (ulimit -v), or ask for less: a smaller --batch-size, fewer --num-workers, a smaller model.'
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    const which = path === undefined ? '' : ` at "${path}"`
    return `too many files are open${which}. Raise the limit (ulimit -n 1024), or give fewer --num-workers.`
  }
  if (syscall === 'uv_cwd') {
    return 'the working folder is gone (deleted or moved). Change to a folder that is there.'
  }
  const words = fileWords[code ?? '']
  if (words === undefined) return undefined
  if (path !== undefined) return `${words} "${path}".`
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? `${words.replace(/:$/, '')}. Make room.`
    : undefined
}

const fileWords: Readonly<Record<string, string>> = {
  EACCES: 'no permission for',
  EPERM: 'no permission for',
  EROFS: 'the disk is read-only:',
  ENOSPC: 'the disk is full (its room or its inodes):',
  EDQUOT: 'your quota of the disk is used up:',
  ENOTDIR: 'a part of the path is a file, not a folder:',
  EISDIR: 'expected a file, received the folder',
  EEXIST: 'there is a file in the way:',
  ENOENT: 'there is no',
  ENAMETOOLONG: 'the name is too long:',
  ELOOP: 'links lead in a circle:',
  EIO: 'the disk cannot be read or written:',
}
