import { listBackends } from '@ductus/backend'

const wanted = ['cpu', 'wasm', 'native'] as const
const available = (await listBackends()).flatMap(({ name, available }) => (available ? [name] : []))

/** The backends of `cpu`, `wasm` and `native` that this machine has. */
export const backendsHere = wanted.filter((name) => available.includes(name))
for (const name of wanted) {
  if (!backendsHere.includes(name)) process.stderr.write(`Skipping ${name}: not available here.\n`)
}
