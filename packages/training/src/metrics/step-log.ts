import { keep, type NumericDataType, type Tensor } from '@tensorflow/tfjs-core'
import type { MetricMode } from './metric-mode.js'
import type { DividedLoss } from '../modules/step-loss.js'

/** Values of a tensor that was read after its step, as numbers. */
export type HostValues = Float32Array | Int32Array | Uint8Array

/**
 * What `log` takes: a number, a scalar tensor, or a tensor with the function that makes a number of its values once
 * they are on the host. The last is the cheap way to a metric: nothing is recorded for gradients.
 */
export type LoggedValue = number | Tensor | { tensor: Tensor; read(values: HostValues): number }

/** One metric of one step, and what it counts in a mean. */
export interface LoggedMetric {
  name: string
  value: number
  weight: number
  /** Which way is better, where it was said. */
  mode?: MetricMode | undefined
}

interface Entry {
  name: string
  value: LoggedValue
  weight: number
  mode?: MetricMode | undefined
}

/** Collects what a step logs while it runs in a tidy, and reads it afterwards without blocking. */
export class StepLog {
  #entries: Entry[] = []

  /** Whether something waits to be read. */
  get pending(): boolean {
    return this.#entries.length > 0
  }

  add(name: string, value: LoggedValue, weight: number, mode?: MetricMode): void {
    if (typeof value !== 'number') keep('tensor' in value ? value.tensor : value)
    this.#entries.push({ name, value, weight, mode })
  }

  /** Adds the loss, ahead of what the step logged itself. One that counts nothing is 0, unread. */
  addLoss(name: string, { loss, divisor }: DividedLoss): void {
    this.#entries.unshift({ name, value: divisor === 0 ? 0 : keep(loss), weight: divisor })
  }

  /** Reads all that was logged since the last call, and frees its tensors. */
  async take(): Promise<LoggedMetric[]> {
    const entries = this.#entries
    this.#entries = []
    // All reads are asked for before the first is awaited: one wait on a GPU.
    const reads = entries.map(({ value }) => (typeof value === 'number' ? value : read(value)))
    // A second one that fails is no unhandled rejection.
    if (reads.length > 1) for (const each of reads) if (typeof each !== 'number') each.catch(ignore)
    const metrics: LoggedMetric[] = []
    let failure: { reason: unknown } | undefined
    for (let i = 0; i < entries.length; i++) {
      const { name, weight, mode, value: logged } = entries[i]!
      try {
        const pending = reads[i]!
        const value = typeof pending === 'number' ? pending : await pending
        metrics.push({ name, value, weight, mode })
      } catch (reason) {
        failure ??= { reason }
      } finally {
        dispose(logged)
      }
    }
    if (failure) throw failure.reason
    return metrics
  }

  /** Drops what was logged, as after a step that threw. */
  clear(): void {
    for (const { value } of this.#entries) dispose(value)
    this.#entries = []
  }
}

async function read(value: Exclude<LoggedValue, number>): Promise<number> {
  if ('tensor' in value) return value.read(await value.tensor.data<NumericDataType>())
  return (await value.data())[0]!
}

function ignore(): void {}

function dispose(value: LoggedValue): void {
  if (typeof value !== 'number') ('tensor' in value ? value.tensor : value).dispose()
}
