import { z } from 'zod'

/** Options of the {@link SimpleCNN}: none. */
export type SimpleCNNOptions = Record<never, never>

export const simpleCNNOptions = z.object({})
