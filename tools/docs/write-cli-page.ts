import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { cliPage } from './cli-page.js'

const path = fileURLToPath(new URL('../../docs/cli.md', import.meta.url))
await writeFile(path, await cliPage(path))
