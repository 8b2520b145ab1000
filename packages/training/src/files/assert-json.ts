import { TrainingError } from '../training-error.js'

/**
 * Refuses what JSON can't hold, before anything is written: a BigInt, and an object inside itself.
 *
 * @param where what errors call the value, such as `hparams`
 * @throws TrainingError `INVALID_OPTION` that names the key
 */
export function assertJson(value: unknown, where: string): void {
  visit(value, where, new Set())
}

function visit(value: unknown, where: string, above: Set<object>): void {
  if (typeof value === 'bigint') {
    throw refused(where, `the BigInt ${value}`, 'Give a number or a string')
  }
  if (typeof value !== 'object' || value === null) return
  if (above.has(value)) throw refused(where, 'an object that contains itself', 'Leave it out')
  // Dates and the like say themselves what they are in JSON.
  if ('toJSON' in value) return
  above.add(value)
  for (const [key, item] of Object.entries(value)) visit(item, `${where}.${key}`, above)
  above.delete(value)
}

function refused(where: string, received: string, fix: string): TrainingError {
  return new TrainingError(
    'INVALID_OPTION',
    `Trainer.fit: expected ${where} as JSON can hold it, received ${received}. ${fix}.`,
  )
}
