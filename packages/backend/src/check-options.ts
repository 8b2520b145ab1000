import { BackendError } from './backend-error.js'
import type { BackendOptions } from './candidates/candidate.js'

const instructionSets = ['avx512', 'avx2', 'portable'] as const

/** Checks options that came from outside, and the environment's threads. Throws a {@link BackendError} that says what was expected. */
export function checkOptions(options: BackendOptions): void {
  const { threads, isa } = options
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw wrongThreads('threads', threads, 'Leave it out')
  }
  const wanted = process.env.DUCTUS_THREADS
  // `native` cannot start with such a value, and `auto` would pass it over.
  if (wanted && !(/^\d+$/.test(wanted) && Number(wanted) >= 1)) {
    throw wrongThreads('DUCTUS_THREADS', wanted, 'Unset it')
  }
  const wantedIsa = process.env.DUCTUS_ISA
  if (wantedIsa && !(instructionSets as readonly string[]).includes(wantedIsa)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `useBackend: expected DUCTUS_ISA to be one of ${instructionSets.join(', ')}, received ${wantedIsa}. ` +
        'Unset it to use the best that the CPU has.',
    )
  }
  if (isa !== undefined && !instructionSets.includes(isa)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `useBackend: expected isa to be one of ${instructionSets.join(', ')}, received ${String(isa)}. ` +
        'Leave it out to use the best that the CPU has.',
    )
  }
}

function wrongThreads(name: string, received: unknown, remedy: string): BackendError {
  return new BackendError(
    'INVALID_ARGUMENT',
    `useBackend: expected ${name} to be a whole number of at least 1, received ${String(received)}. ` +
      `${remedy} to use the cores that this process may use.`,
  )
}
