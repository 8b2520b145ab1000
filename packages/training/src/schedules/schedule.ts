/** What a schedule asks of its optimizer at one point. */
export interface ScheduledValues {
  lr: number
  /** SGD's momentum or Adam's β1. */
  momentum?: number
}

/**
 * Gives the learning rate at a step (or epoch), from 0: a pure function, so that resuming needs no state of it. Errors and
 * `hparams.json` call it by the function's name.
 */
export type Schedule = (at: number) => number | ScheduledValues

/** Gives a schedule the name that errors and `hparams.json` call it by. */
export function namedSchedule(name: string, schedule: Schedule): Schedule {
  return Object.defineProperty(schedule, 'name', { value: name })
}
