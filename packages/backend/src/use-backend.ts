import * as tf from '@tensorflow/tfjs-core'
import { setActiveBackend } from './active-backend.js'
import { assertOneCore } from './assert-one-core.js'
import { BackendError } from './backend-error.js'
import { type BackendName, parseBackendName } from './backend-name.js'
import { candidates } from './candidates/candidates.js'
import { loadCandidate } from './candidates/load-candidate.js'
import type { BackendOptions, Candidate, Ready } from './candidates/candidate.js'
import { checkOptions } from './check-options.js'
import { ensureGradients } from './ensure-gradients.js'

/** What {@link useBackend} chose, and why it left the others. */
export interface BackendChoice {
  name: BackendName
  /** One line: what it is, on how many threads, with which instructions. */
  description: string
  /** Better ones that were passed over, best first, each with the reason. Empty when one was asked for. */
  skipped: { name: BackendName; reason: string }[]
  /** What a user should know: options that could not be obeyed, limits of the choice. */
  notices: string[]
  /** Threads that it computes on, where it tells. */
  threads?: number
  /** Instruction set that it computes with, where it tells. */
  isa?: string
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Picks what runs TensorFlow.js in this process and makes it active. Call it before anything makes a tensor or a
 * model: weights made earlier live elsewhere.
 *
 * @param name a backend, or `auto`: the first of `tensorflow-gpu` (where a GPU is seen), `native`, `wasm` and `cpu`
 *   that loads. Defaults to `auto`.
 * @throws BackendError `UNKNOWN_BACKEND`; `UNAVAILABLE` when the one asked for can't be had; `INVALID_ARGUMENT`;
 *   `SECOND_CORE` when two copies of `@tensorflow/tfjs-core` are loaded.
 * @example
 * const { name, skipped } = await useBackend('auto')
 */
export function useBackend(
  name: BackendName | 'auto' = 'auto',
  options: BackendOptions = {},
): Promise<BackendChoice> {
  // One at a time: TensorFlow.js drops a backend whose start another one overtakes.
  const choice = last.then(() => choose(name, options))
  last = choice.catch(() => undefined)
  return choice
}

async function choose(name: string, options: BackendOptions): Promise<BackendChoice> {
  const wanted = parseBackendName(name)
  checkOptions(options)
  assertOneCore()
  await ensureGradients()
  return wanted === 'auto' ? chooseBest(options) : chooseNamed(wanted, options)
}

async function chooseNamed(name: BackendName, options: BackendOptions): Promise<BackendChoice> {
  const candidate = candidates.find((one) => one.name === name)!
  const outcome = await start(candidate, options)
  if (outcome.ok) return describe(candidate, outcome, [])
  throw new BackendError(
    'UNAVAILABLE',
    `useBackend: expected a backend that this machine has, received "${name}": ${outcome.reason}. ` +
      'Ask for "auto" to take the best that is there.',
  )
}

async function chooseBest(options: BackendOptions): Promise<BackendChoice> {
  const skipped: BackendChoice['skipped'] = []
  for (const candidate of candidates) {
    if (candidate.onlyWhenAsked) {
      skipped.push({ name: candidate.name, reason: candidate.onlyWhenAsked })
      continue
    }
    const outcome = await start(candidate, options)
    if (outcome.ok) return describe(candidate, outcome, skipped)
    skipped.push({ name: candidate.name, reason: outcome.reason })
  }
  const reasons = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
  throw new BackendError(
    'UNAVAILABLE',
    `useBackend: expected a backend that starts, found none (${reasons}).`,
  )
}

async function start(candidate: Candidate, options: BackendOptions) {
  const outcome = await loadCandidate(candidate, options)
  if (!outcome.ok) return outcome
  if (await tf.setBackend(candidate.tensorflowName)) return outcome
  return { ok: false as const, reason: 'it loaded, but did not start' }
}

function describe(
  candidate: Candidate,
  ready: Ready,
  skipped: BackendChoice['skipped'],
): BackendChoice {
  const isa = ready.isa === undefined ? {} : { isa: ready.isa }
  setActiveBackend({ name: candidate.name, tensorflowName: candidate.tensorflowName, ...isa })
  return {
    name: candidate.name,
    description: ready.description,
    skipped,
    notices: [...(candidate.caveat ? [candidate.caveat] : []), ...(ready.notices ?? [])],
    ...(ready.threads === undefined ? {} : { threads: ready.threads }),
    ...isa,
  }
}
