// `npm ci` trips on a lock that names an optional platform package without an entry for it: find such names beforehand.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup.mjs'

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const present = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()))
const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies)
    .filter((name) => !present.has(name))
    .map((name) => `${path}: ${name}`),
)
const resolved = Object.values(packages).filter((entry) => /^https?:/.test(entry.resolved ?? ''))
for (const line of missing) console.log(`missing from the lock: ${line}`)
if (resolved.length) console.log(`${resolved.length} entries name the host they came from`)
process.exit(missing.length || resolved.length ? 1 : 0)
