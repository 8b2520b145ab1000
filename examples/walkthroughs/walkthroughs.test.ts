import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const run = promisify(execFile)
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-walkthroughs-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs a walk-through as its README says; gives the page. */
async function page(name: string): Promise<string> {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const out = join(folder, `${name}.html`)
  const tsx = ['--conditions', '@ductus/source', '--import', import.meta.resolve('tsx')]
  await run(process.execPath, [...tsx, script, '--quick', '--out', out], { cwd: folder })
  return readFile(out, 'utf8')
}

it('convolutions: the course’s numbers on the course’s image', async () => {
  const html = await page('convolutions')
  expect(html).toContain('data-v="2.97265625"')
  expect(html).toContain('data-v="-2.95703125"')
  expect(html).toContain('[16, 26, 26, 4]')
  expect(html).toContain('P = αA + βB + γD + δE + b')
})

it('costs: the course’s sums', async () => {
  const html = await page('costs')
  expect(html).toContain('1,654,035 parameters')
  expect(html).toContain('28,901,376')
  expect(html).toContain('18 times as many')
  expect(html).toMatch(/902,700|903,400/)
  expect(html).toContain('depends on 7 × 7 of the input')
})

it('colour: three channels and a map a filter', async () => {
  const html = await page('colour')
  expect(html.match(/<figure>/g)).toHaveLength(6)
})
