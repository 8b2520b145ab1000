import type { CallbackDispatcher } from '../callbacks/callback-dispatcher.js'
import type { RunContext } from '../loops/run-context.js'

/**
 * Runs the body of a run between `onSetup` and `onTeardown`. An error goes to `onException`, then on; teardown comes
 * in any case.
 *
 * @param rescue saves what can be saved, after `onException`
 */
export async function guarded<T>(
  dispatcher: CallbackDispatcher,
  context: RunContext,
  body: () => Promise<T>,
  rescue?: () => Promise<void>,
): Promise<T> {
  let result: T
  try {
    await dispatcher.call('onSetup', context)
    result = await body()
  } catch (error) {
    context.dropLogged()
    await dispatcher.callAll('onException', context, error)
    // What fails on the way out must not hide why.
    await rescue?.().catch(() => undefined)
    await dispatcher.callAll('onTeardown', context)
    throw error
  }
  await dispatcher.call('onTeardown', context)
  return result
}
