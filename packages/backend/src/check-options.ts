import { BackendError } from './backend-error.js'
import type { BackendOptions } from './candidates/candidate.js'

const instructionSets = ['avx512', 'avx2', 'portable'] as const

/** Checks options that came from outside. Throws a {@link BackendError} that says what was expected. */
export function checkOptions(options: BackendOptions): void {
  const { threads, isa } = options
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 1024)) {
    throw new BackendError(
      'INVALID_ARGUMENT',
      `useBackend: expected threads to be an integer from 1 to 1024, received ${String(threads)}. ` +
        'Leave it out to use the cores that this process may use.',
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
