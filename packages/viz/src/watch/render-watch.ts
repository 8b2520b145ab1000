import { readRun } from '../run/read-run.js'
import { escapeXml } from '../svg/element.js'
import { learningSection } from '../report/learning-section.js'
import { VizError } from '../viz-error.js'
import { activationsSection, curvesSection, summarySection } from '../report/run-sections.js'
import { readingsSection, resultsSection } from '../report/result-sections.js'
import { settingsSection } from '../report/settings-section.js'

/** What the page shows at one moment. */
export interface WatchContent {
  title: string
  /** A line on where the run stands. */
  state: string
  html: string
}

/** Renders a run's present state: summary, curves, settings; what can't be read is said in the same place. */
export async function renderWatch(path: string, name: string): Promise<WatchContent> {
  try {
    const run = await readRun(path)
    const sections = [
      learningSection(run),
      summarySection(run, {}),
      await curvesSection(run),
      await activationsSection(run),
      await resultsSection(run, {}),
      readingsSection(run),
      settingsSection(run),
    ]
    const last = run.metrics.rows.at(-1)
    return {
      title: last ? `${name}, epoch ${last.epoch + 1}` : name,
      state: last
        ? `Epoch ${last.epoch + 1}, step ${last.step.toLocaleString('en')}, ${last.samples.toLocaleString('en')} samples seen`
        : 'Waiting for the first metrics …',
      html: sections
        .filter((section) => section !== undefined)
        .map(
          ({ id, heading, body }) =>
            `<section aria-labelledby="${id}"><h2 id="${id}">${escapeXml(heading)}</h2>${body}</section>`,
        )
        .join('\n'),
    }
  } catch (error) {
    if (!(error instanceof VizError)) throw error
    return {
      title: name,
      state: 'Waiting for the run …',
      html: `<p>${escapeXml(error.message)}</p>`,
    }
  }
}
