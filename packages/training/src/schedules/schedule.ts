/** What a schedule asks of its optimizer at one point. */
export interface ScheduledValues {
  lr: number
  /** SGD's momentum or Adam's β1. */
  momentum?: number
}

/** Gives the learning rate at a step (or epoch), from 0: a pure function, so that resuming needs no state of it. */
export type Schedule = (at: number) => number | ScheduledValues
