import type { BackendOptions, Candidate, NotReady, Ready } from './candidate.js'

/** Loads a candidate. Whatever it throws is a reason why it can't be had: the next one may still do. */
export async function loadCandidate(
  candidate: Candidate,
  options: BackendOptions,
): Promise<Ready | NotReady> {
  try {
    return await candidate.load(options)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, reason: `it failed to load: ${message.split('\n')[0] ?? ''}` }
  }
}
