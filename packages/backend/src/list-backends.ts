import { activeBackend } from './active-backend.js'
import type { BackendName } from './backend-name.js'
import { candidates } from './candidates/candidates.js'
import { loadCandidate } from './candidates/load-candidate.js'
import type { BackendOptions } from './candidates/candidate.js'
import { checkOptions } from './check-options.js'

/** What is known of one backend on this machine. */
export interface BackendReport {
  name: BackendName
  /** What it is. */
  summary: string
  available: boolean
  /** Whether it is the one that `useBackend` made active. */
  active: boolean
  /** What it would run on; only where it is available. */
  description?: string
  /** Why it can't be had; only where it is not available. */
  reason?: string
  /** Why `auto` passes it over although it may be available. */
  onlyWhenAsked?: string
  threads?: number
  isa?: string
  notices: string[]
}

/**
 * Tries every backend without making any active, best first.
 *
 * @example
 * for (const { name, available, reason } of await listBackends()) console.log(name, available, reason)
 */
export async function listBackends(options: BackendOptions = {}): Promise<BackendReport[]> {
  checkOptions(options)
  const active = activeBackend()?.name
  const reports: BackendReport[] = []
  for (const candidate of candidates) {
    const { ok, notices, ...facts } = { notices: [], ...(await loadCandidate(candidate, options)) }
    reports.push({
      name: candidate.name,
      summary: candidate.summary,
      available: ok,
      active: candidate.name === active,
      ...facts,
      ...(candidate.onlyWhenAsked ? { onlyWhenAsked: candidate.onlyWhenAsked } : {}),
      notices: [...(candidate.caveat ? [candidate.caveat] : []), ...notices],
    })
  }
  return reports
}
