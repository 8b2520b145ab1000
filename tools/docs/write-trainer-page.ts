import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { trainerPage } from './trainer-page.js'

const path = fileURLToPath(new URL('../../docs/trainer.md', import.meta.url))
await writeFile(path, await trainerPage(path))
