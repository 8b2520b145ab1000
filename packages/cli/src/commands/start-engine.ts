import type { BackendChoice, BackendName, BackendOptions } from '@ductus/backend'
import type { GpuRequest } from '../options/option-spec.js'
import type { Printer } from '../terminal/printer.js'

/** The options that choose what computes. */
export interface EngineValues {
  backend?: string
  threads?: number
  isa?: string
  gpus?: GpuRequest
}

/** Turns the command line's wishes into a request to `useBackend`. */
export function engineRequest({ backend, threads, isa, gpus }: EngineValues): {
  name: BackendName | 'auto'
  options: BackendOptions
} {
  return {
    name: (backend ?? 'auto') as BackendName | 'auto',
    options: {
      ...(threads === undefined ? {} : { threads }),
      ...(isa === undefined ? {} : { isa: isa as NonNullable<BackendOptions['isa']> }),
      ...(gpus === undefined ? {} : { gpu: gpus.wanted }),
    },
  }
}

/** Starts the backend, says which it is, and warns when a GPU was asked for and there is none. */
export async function startEngine(values: EngineValues, printer: Printer): Promise<BackendChoice> {
  const { useBackend } = await import('@ductus/backend')
  const { name, options } = engineRequest(values)
  const choice = await useBackend(name, options)
  const isGpu = choice.name === 'tensorflow-gpu' || choice.name === 'webgpu'
  if (values.gpus?.wanted === true && !isGpu) {
    const reason = choice.skipped.find((one) => one.name === 'tensorflow-gpu')?.reason
    const why = reason === undefined ? '' : ` (${reason})`
    printer.warn(`--gpus ${values.gpus.text}: no GPU can be used here${why}; the CPU is used.`)
  }
  printer.info(backendLine(choice))
  for (const notice of choice.notices) printer.warn(notice)
  return choice
}

/** The backend; and why it is not the native one, where that would be faster. */
export function backendLine({ name, description, skipped }: BackendChoice): string {
  const missed = skipped.find((one) => one.name === 'native')
  return `Backend: ${name}, ${description}${missed ? `; not native: ${missed.reason}` : ''}`
}
