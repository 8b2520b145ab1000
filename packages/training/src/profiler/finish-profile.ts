import { join } from 'node:path'
import { softwareInfo } from '../checkpoints/software-info.js'
import type { Reporter } from '../reporters/reporter.js'
import { profileLines } from './profile-lines.js'
import type { Profile, Profiler } from './profiler.js'
import { writeTrace } from './write-trace.js'

/** Ends a profile: the table to the reporter, the trace into the run folder. */
export async function finishProfile(
  profiler: Profiler,
  runDir: string | undefined,
  reporter: Reporter,
): Promise<Profile> {
  const profile = profiler.finish()
  const software = softwareInfo()
  for (const line of profileLines(profile, software.backend)) reporter.info(line)
  if (runDir === undefined) return profile
  const path = join(runDir, 'trace.json')
  await writeTrace(path, profiler.spans, software)
  reporter.info(`Trace: ${path} (open it in https://ui.perfetto.dev or about:tracing)`)
  const { length, dropped } = profiler.spans
  if (dropped > 0) {
    reporter.warn(
      `trace.json holds the first ${length.toLocaleString('en-US')} spans of ${(length + dropped).toLocaleString('en-US')}; the table counts all.`,
    )
  }
  return profile
}
