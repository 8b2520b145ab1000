// A page that a walk-through writes: words, print-outs, tables and pictures in order, one HTML file at the end.
import {
  escapeXml,
  figure,
  framesScript,
  htmlPage,
  table,
  tableCss,
  tableScript,
} from '@ductus/viz'
import type { Cell, Picture } from '@ductus/viz'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

export class Page {
  readonly #title: string
  readonly #parts: string[] = []

  constructor(title: string) {
    this.#title = title
  }

  heading(text: string): this {
    return this.#add(`<h2>${escapeXml(text)}</h2>`)
  }

  text(...paragraphs: string[]): this {
    for (const paragraph of paragraphs) this.#add(`<p>${escapeXml(paragraph)}</p>`)
    return this
  }

  /** Shows what a program printed; long lines go on below, indented. */
  print(text: string): this {
    return this.#add(`<pre tabindex="0">${escapeXml(folded(text))}</pre>`)
  }

  picture(picture: Picture, caption?: string): this {
    return this.#add(figure(picture, caption))
  }

  table(columns: readonly string[], rows: readonly (readonly Cell[])[], caption?: string): this {
    return this.#add(table({ columns, rows, ...(caption === undefined ? {} : { caption }) }))
  }

  html(): string {
    return htmlPage({
      title: this.#title,
      css: tableCss,
      script: tableScript + framesScript,
      body: `<h1>${escapeXml(this.#title)}</h1>\n${this.#parts.join('\n')}`,
    })
  }

  async write(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, this.html())
    console.log(`${path} (${(Buffer.byteLength(this.html()) / 1e6).toFixed(2)} MB)`)
  }

  #add(markup: string): this {
    this.#parts.push(markup)
    return this
  }
}

function folded(text: string, columns = 120): string {
  const lines = text.split('\n').flatMap((line) => {
    const parts: string[] = []
    let rest = line
    while (rest.length > columns) {
      const at = rest.lastIndexOf(' ', columns)
      if (at < 20) break
      parts.push(rest.slice(0, at))
      rest = `         ${rest.slice(at + 1)}`
    }
    return [...parts, rest]
  })
  return lines.join('\n')
}

/** Reads what every walk-through takes: where to write, and whether a short run will do. */
export function walkthroughArgs(name: string): { out: string; quick: boolean } {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, quick: { type: 'boolean', default: false } },
  })
  return { out: values.out ?? join('out', 'walkthroughs', `${name}.html`), quick: values.quick }
}
