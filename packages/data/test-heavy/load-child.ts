import { readSafetensors } from '@ductus/data'

// Loads a cache once and tells how long that took, by the clock and in processor time of all threads.
const start = performance.now()
const cpu = process.cpuUsage()
await readSafetensors(process.argv[2] ?? '')
const { user, system } = process.cpuUsage(cpu)
const seconds = (performance.now() - start) / 1000
process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }))
