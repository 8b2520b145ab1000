import type { RunData } from '../run/read-run.js'
import { escapeXml } from '../svg/element.js'
import type { ReportSection } from './run-sections.js'

/** Lists the signs that the fit didn't learn, each with what to try next; nothing of a run without any. */
export function learningSection({ findings = [] }: RunData): ReportSection | undefined {
  if (findings.length === 0) return undefined
  const causes = new Map<string, string[]>()
  for (const { message, tryNext } of findings) {
    causes.set(tryNext, [...(causes.get(tryNext) ?? []), message])
  }
  const items = [...causes].map(
    ([tryNext, messages]) =>
      `<li>${messages.map((message) => `<p>${escapeXml(message)}</p>`).join('')}` +
      `<p><b>Try next:</b> ${escapeXml(tryNext)}</p></li>`,
  )
  return {
    id: 'learning',
    heading: 'Did it learn?',
    body:
      '<div class="notes" role="note"><p>At the end of its last fit this run shows signs that it did not learn.</p>' +
      `<ul>${items.join('')}</ul></div>`,
  }
}
