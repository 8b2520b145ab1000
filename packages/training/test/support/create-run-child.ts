// Makes run folders. usage: create-run-child.ts <rootDir> <how many>
import { createRunFolder } from '../../src/trainer/run-folder.js'

const [rootDir, count] = process.argv.slice(2)
for (let i = 0; i < Number(count); i++) {
  const { version } = await createRunFolder(rootDir!, 'default')
  process.stdout.write(`${version}\n`)
}
