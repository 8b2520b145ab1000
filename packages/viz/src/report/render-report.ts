import { framesScript, htmlPage } from '../picture/html-page.js'
import { writeWhole } from '../picture/save-picture.js'
import { readRun, type RunData } from '../run/read-run.js'
import { escapeXml } from '../svg/element.js'
import { join } from 'node:path'
import { learningSection } from './learning-section.js'
import {
  environmentSection,
  historiesSection,
  insideSection,
  networkSection,
  picturesSection,
} from './model-sections.js'
import { panelCss } from './panel-css.js'
import type { ReportData } from './report-data.js'
import { readingsSection, resultsSection, samplesSection } from './result-sections.js'
import {
  activationsSection,
  curvesSection,
  epochsSection,
  summarySection,
  type ReportSection,
} from './run-sections.js'
import { settingsSection } from './settings-section.js'
import { tableCss, tableScript } from './table.js'

/**
 * Renders a run as one self-contained HTML page: settings, curves, results, samples, network, kernels, feature maps,
 * histories, environment. It opens from disk, asks nothing of the network, and follows the reader's theme.
 */
export async function renderReport(run: RunData, data: ReportData = {}): Promise<string> {
  const sections = [
    learningSection(run),
    summarySection(run, data),
    await curvesSection(run, data),
    await activationsSection(run, data),
    await resultsSection(run, data),
    samplesSection(data),
    readingsSection(run),
    networkSection(data),
    insideSection(data),
    historiesSection(data),
    epochsSection(run),
    settingsSection(run),
    environmentSection(run, data),
    picturesSection(data),
  ].filter((section): section is ReportSection => section !== undefined)
  const notes = [...run.notes, ...(data.notes ?? [])]
  return htmlPage({
    title: `${run.name} – Ductus report`,
    css: tableCss + reportCss,
    script: tableScript + framesScript,
    aside:
      '<nav aria-label="Sections"><ul>' +
      sections
        .map(({ id, heading }) => `<li><a href="#${id}">${escapeXml(heading)}</a></li>`)
        .join('') +
      '</ul></nav>',
    body:
      `<h1>${escapeXml(run.name)}</h1>` +
      (data.command ? `<pre class="command">${words(data.command)}</pre>` : '') +
      (notes.length > 0
        ? `<div class="notes" role="note"><ul>${notes.map((note) => `<li>${escapeXml(note)}</li>`).join('')}</ul></div>`
        : '') +
      sections
        .map(
          ({ id, heading, body }) =>
            `<section aria-labelledby="${id}"><h2 id="${id}">${escapeXml(heading)}</h2>\n${body}\n</section>`,
        )
        .join('\n'),
  })
}

/** Keeps the words of a command line whole where it breaks. */
function words(command: string): string {
  return command
    .split(' ')
    .map((word) => `<span>${escapeXml(word)}</span>`)
    .join(' ')
}

/** Reads a run folder, renders its report and writes it; gives the file's path. Defaults to report.html in the folder. */
export async function writeReport(
  folder: string,
  options: { data?: ReportData; out?: string } = {},
): Promise<{ path: string; bytes: number }> {
  const run = await readRun(folder)
  const html = await renderReport(run, options.data)
  const path = options.out ?? join(run.folder, 'report.html')
  await writeWhole(path, html)
  return { path, bytes: Buffer.byteLength(html) }
}

const reportCss = `
.command{white-space:pre-wrap}
.command span{display:inline-block;max-width:100%;overflow-wrap:anywhere}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 auto;padding:14px 130px 0 20px;max-width:1260px;font-size:13.5px}
${panelCss}`
