import type { Tensor } from '@tensorflow/tfjs-core'

const unread = new WeakSet<Tensor>()

/** Notes a result that its op's gradient saves but does not read, as it had no activation. */
export const markUnread = (result: Tensor): void => void unread.add(result)

/** Whether a result is only saved, never read, by the gradient of the op that made it. */
export const isUnread = (result: Tensor): boolean => unread.has(result)
