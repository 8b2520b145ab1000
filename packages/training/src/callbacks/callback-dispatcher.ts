import { assertState } from '../files/state-schema.js'
import { suggestName } from '../nearest-name.js'
import type { Profiler } from '../profiler/profiler.js'
import { TrainingError } from '../training-error.js'
import type { Callback, HookName, Hooks, StateTensors } from './callback.js'
import { hookNames } from './hook-names.js'

type Arguments<Name extends HookName> = Parameters<Hooks[Name]>
type Call = (...args: unknown[]) => unknown

/** Calls the callbacks' hooks, one after the other in the order given: the only place that does. */
export class CallbackDispatcher {
  readonly callbacks: readonly Callback[]
  readonly #names: readonly string[]
  readonly #lists = new Map<HookName, { name: string; call: Call }[]>()

  /** @param profiler measures every call, where there is one */
  constructor(callbacks: readonly Callback[], profiler?: Profiler) {
    this.callbacks = callbacks
    this.#names = uniqueNames(callbacks)
    callbacks.forEach((callback, i) => {
      assertHooks(callback, this.#names[i]!)
    })
    for (const hook of hookNames) {
      const list = callbacks.flatMap((callback, i) => {
        const call = callback[hook] as Call | undefined
        if (!call) return []
        const name = this.#names[i]!
        const bound: Call = call.bind(callback)
        const heading = `callback ${name}`
        return [{ name, call: profiler?.around(`${name}.${hook}`, heading, bound) ?? bound }]
      })
      if (list.length > 0) this.#lists.set(hook, list)
    }
  }

  /** Says whether anyone listens. */
  has(hook: HookName): boolean {
    return this.#lists.has(hook)
  }

  /**
   * Calls a hook of every callback that has it. Gives a promise only where a callback did, so that a batch costs
   * nothing for hooks that are synchronous.
   *
   * @throws TrainingError with the names of callback and hook; its `cause` is what was thrown
   */
  call<Name extends HookName>(hook: Name, ...args: Arguments<Name>): void | Promise<void> {
    const list = this.#lists.get(hook)
    if (!list) return
    for (let i = 0; i < list.length; i++) {
      const { name, call } = list[i]!
      let result: unknown
      try {
        result = call(...args)
      } catch (error) {
        throw failure(name, hook, error)
      }
      if (result instanceof Promise) return this.#finish(hook, list, i, result, args)
    }
  }

  /** Calls a hook that must be synchronous. */
  callNow<Name extends HookName>(hook: Name, ...args: Arguments<Name>): void {
    for (const { name, call } of this.#lists.get(hook) ?? []) {
      try {
        call(...args)
      } catch (error) {
        throw failure(name, hook, error)
      }
    }
  }

  /** Calls a hook of every callback, whatever the others throw: on the way out of a run that has failed. */
  async callAll<Name extends HookName>(hook: Name, ...args: Arguments<Name>): Promise<void> {
    for (const { call } of this.#lists.get(hook) ?? []) {
      try {
        await call(...args)
      } catch {
        // What ended the run is thrown on, and must not be hidden.
      }
    }
  }

  /** What the callbacks remember, by name. */
  async states(): Promise<Record<string, unknown>> {
    const states: Record<string, unknown> = {}
    for (const [i, callback] of this.callbacks.entries()) {
      if (callback.state) states[this.#names[i]!] = await callback.state()
    }
    return states
  }

  /** What the callbacks remember as arrays, by callback; those without any are left out. */
  async tensors(): Promise<Record<string, StateTensors>> {
    const found: Record<string, StateTensors> = {}
    for (const [i, callback] of this.callbacks.entries()) {
      const tensors = (await callback.tensors?.()) ?? {}
      if (Object.keys(tensors).length > 0) found[this.#names[i]!] = tensors
    }
    return found
  }

  /**
   * Checks what a checkpoint says of each callback, before any is given it.
   *
   * @param file where the states are from, for the error
   */
  assertStates(states: Readonly<Record<string, unknown>>, file: string): void {
    this.callbacks.forEach(({ stateSchema }, i) => {
      const name = this.#names[i]!
      if (stateSchema && Object.hasOwn(states, name)) {
        assertState(stateSchema, states[name], file, `callbacks.${name}`)
      }
    })
  }

  /** Gives the callbacks back what they remembered; one that was not there then starts anew. */
  restore(
    states: Readonly<Record<string, unknown>>,
    tensors: Readonly<Record<string, StateTensors>>,
  ): void {
    this.callbacks.forEach((callback, i) => {
      const name = this.#names[i]!
      if (!Object.hasOwn(states, name) && !Object.hasOwn(tensors, name)) return
      try {
        callback.restore?.(states[name], tensors[name] ?? {})
      } catch (error) {
        throw failure(name, 'restore', error)
      }
    })
  }

  async #finish(
    hook: HookName,
    list: readonly { name: string; call: Call }[],
    from: number,
    pending: Promise<unknown>,
    args: unknown[],
  ): Promise<void> {
    for (let i = from; i < list.length; i++) {
      const { name, call } = list[i]!
      try {
        await (i === from ? pending : call(...args))
      } catch (error) {
        throw failure(name, hook, error)
      }
    }
  }
}

function uniqueNames(callbacks: readonly Callback[]): string[] {
  const counts = new Map<string, number>()
  return callbacks.map((callback) => {
    const base = callback.name ?? className(callback)
    const count = (counts.get(base) ?? 0) + 1
    counts.set(base, count)
    return count === 1 ? base : `${base}#${count}`
  })
}

function className(callback: object): string {
  const name = callback.constructor?.name
  return name && name !== 'Object' ? name : 'callback'
}

/** A hook that is misspelt would never be called: say so before anything runs. */
function assertHooks(callback: Callback, name: string): void {
  const known = new Set<string>(hookNames)
  for (const key in callback) {
    const value = (callback as Record<string, unknown>)[key]
    if (typeof value !== 'function' || !/^on[A-Z]/.test(key) || known.has(key)) continue
    throw new TrainingError(
      'UNKNOWN_NAME',
      `Callback ${name}: unknown hook "${key}". ${suggestName(key, hookNames)}`,
    )
  }
}

function failure(name: string, hook: HookName | 'restore', cause: unknown): TrainingError {
  const code = cause instanceof TrainingError ? cause.code : 'CALLBACK_FAILED'
  const message = cause instanceof Error ? cause.message : String(cause)
  return new TrainingError(code, `Callback ${name}.${hook}: ${message}`, { cause })
}
