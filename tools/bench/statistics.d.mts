/** Gives the middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number
/** Gives the spread of the middle half, as a share of the median. */
export function spread(values: readonly number[]): number
