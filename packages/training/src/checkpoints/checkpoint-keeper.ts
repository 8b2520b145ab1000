import { basename } from 'node:path'
import type { CheckpointRequest } from '../callbacks/trainer-context.js'
import type { Run } from '../loops/run.js'
import { captureCheckpoint, type FitParts } from './capture-checkpoint.js'
import type { CheckpointStore } from './checkpoint-store.js'

/** Writes what callbacks asked for, once all of them have: a checkpoint holds everyone's state. */
export class CheckpointKeeper {
  readonly store: CheckpointStore
  readonly #parts: FitParts
  #last: string | undefined
  #best: string | undefined
  /** Names that hold the fit as it stands at `#at`. */
  #current: { at: string; name: string } | undefined

  constructor(store: CheckpointStore, parts: FitParts) {
    this.store = store
    this.#parts = parts
  }

  get last(): string | undefined {
    return this.#last
  }

  get best(): string | undefined {
    return this.#best
  }

  /** Takes over from a checkpoint that was loaded: it holds the fit as it stands now. */
  async resume(loaded: string): Promise<void> {
    this.#last = await this.store.named('last')
    this.#best = await this.store.named('best')
    const name = basename(loaded)
    await this.store.removeOldLasts(new Set([this.#last, this.#best, name]))
    if (this.store.path(name) === loaded) this.#current = { at: this.#position(), name }
  }

  /** Serves the requests of one save point. */
  async serve(requests: readonly CheckpointRequest[]): Promise<void> {
    if (requests.length === 0) return
    const wantsLast = requests.some(({ last }) => last)
    const names = [...new Set(requests.flatMap(({ name }) => name ?? []))]
    const here = this.#position()
    if (names.length === 0 && wantsLast && this.#current?.at !== here) names.push(`last-${here}`)
    if (names.length > 0) await this.#write(names, here)
    if (wantsLast) await this.#moveLast(this.#current!.name)
    for (const { best } of requests) if (best !== undefined) await this.#moveBest(best)
    const released = requests.flatMap(({ release }) => release ?? [])
    for (const name of released) {
      if (name !== this.#last && name !== this.#best) await this.store.remove(name)
    }
  }

  async #write(names: readonly string[], here: string): Promise<void> {
    const { context, dispatcher } = this.#parts.run
    await dispatcher.call('onCheckpointSaving', context)
    const files = await captureCheckpoint(this.#parts)
    for (const name of names) {
      const path = await this.store.write(name, files)
      await dispatcher.call('onCheckpointSaved', context, { name, path })
    }
    this.#current = { at: here, name: names[0]! }
  }

  async #moveLast(name: string): Promise<void> {
    const before = this.#last
    if (before === name) return
    await this.store.point('last', name)
    this.#last = name
    if (before?.startsWith('last-') && before !== this.#best) await this.store.remove(before)
  }

  async #moveBest(name: string): Promise<void> {
    if (this.#best === name) return
    await this.store.point('best', name)
    this.#best = name
  }

  /** Names a place in the fit: no two have the same. */
  #position(): string {
    return positionName(this.#parts.run)
  }
}

function positionName({ context: { state } }: Run): string {
  const place = `epoch=${state.epoch}-batch=${state.batch}`
  return state.phase === 'train'
    ? place
    : `${place}-validation=${state.validationLoader}.${state.validationBatch}`
}
