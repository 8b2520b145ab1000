import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { doctorOptions } from '../options/look-options.js'
import { createPrinter } from '../terminal/printer.js'
import type { Printer } from '../terminal/printer.js'
import { table } from '../terminal/table.js'
import { version } from '../version.js'
import { engineRequest } from './start-engine.js'

/** Says what computes here, and why; with `--ops` which operations have a kernel of their own. */
export async function doctor({
  values,
  io,
}: CommandCall<OptionValues<typeof doctorOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { detectGpu, listBackends, useBackend } = await import('@ductus/backend')
  const { name, options } = engineRequest(values)
  const choice = await useBackend(name, options)
  const reports = await listBackends(options)
  const versions = await versionFacts()
  const gpu = await detectGpu()
  const ops = values.ops === true ? await opsOf() : undefined
  printer.json({ versions, gpu, choice, backends: reports, ...(ops ? { ops } : {}) })
  if (values.json === true) return 0
  printer.result(table(Object.entries(versions)))
  printer.result('')
  const rows = reports.map((report) => [
    report.active ? '→' : '',
    report.name,
    report.available ? 'yes' : 'no',
    report.available ? (report.description ?? report.summary) : (report.reason ?? ''),
  ])
  printer.result(table([['', 'backend', 'here', 'what it is, or why it is not here'], ...rows]))
  printer.result(`\n${chosen(name, choice)}`)
  for (const report of reports) {
    for (const notice of report.notices) printer.result(`${report.name}: ${notice}`)
  }
  if (ops) printOps(ops, choice.name, printer)
  return 0
}

function chosen(
  asked: string,
  { name, description, skipped }: { name: string; description: string; skipped: Skipped[] },
): string {
  const head = asked === 'auto' ? `\`auto\` takes ${name}` : `Asked for, and here: ${name}`
  const lines = skipped.map((one) => `  not ${one.name}: ${one.reason}`)
  return [`${head}: ${description}`, ...lines].join('\n')
}

interface Skipped {
  name: string
  reason: string
}

async function versionFacts(): Promise<Record<string, string>> {
  const { cpus } = await import('node:os')
  const { version_core: tfjs } = await import('@tensorflow/tfjs-core')
  return {
    ductus: version,
    node: process.version,
    'TensorFlow.js': tfjs,
    platform: `${process.platform}-${process.arch}`,
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
  }
}

interface Op {
  kernel: string
  origin: string
  differentiable: boolean
}

async function opsOf(): Promise<Op[]> {
  const { listOps } = await import('@ductus/backend')
  return listOps()
}

function printOps(ops: readonly Op[], backend: string, printer: Printer): void {
  const origins = [...new Set(ops.map(({ origin }) => origin))].sort()
  const counts = origins.map(
    (origin) => `${ops.filter((op) => op.origin === origin).length} ${origin}`,
  )
  printer.result(`\nOperations of ${backend}: ${counts.join(', ')}`)
  const rows = ops.map(({ kernel, origin, differentiable }) => [
    kernel,
    origin,
    differentiable ? 'yes' : '',
  ])
  printer.result(table([['operation', 'kernel', 'gradient'], ...rows]))
}
