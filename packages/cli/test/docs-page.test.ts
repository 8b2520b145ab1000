import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { cliPage } from '../../../tools/docs/cli-page.js'

it('docs/cli.md is what the option table and the schemas say', async () => {
  const path = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url))
  expect(await readFile(path, 'utf8')).toBe(await cliPage(path))
})
