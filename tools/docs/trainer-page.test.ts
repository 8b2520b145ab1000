import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { trainerPage } from './trainer-page.js'

it('docs/trainer.md says what the code says', async () => {
  const path = fileURLToPath(new URL('../../docs/trainer.md', import.meta.url))
  expect(await readFile(path, 'utf8')).toBe(await trainerPage(path))
})
