// Assembles line.wat into src/lines/line-kernel-code.ts. usage: npx tsx packages/data/kernels/assemble.ts
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import wabt from 'wabt'

const here = import.meta.dirname

/** Gives the machine code of line.wat in base 64, for memory of one thread or memory that threads share. */
export async function assemble(kind: 'own' | 'shared'): Promise<string> {
  const assembler = await wabt()
  const source = await readFile(join(here, 'line.wat'), 'utf8')
  const text =
    kind === 'own' ? source : source.replace('(memory 1 65536)', '(memory 1 65536 shared)')
  const module = assembler.parseWat('line.wat', text, {
    bulk_memory: true,
    simd: true,
    threads: true,
  })
  return Buffer.from(module.toBinary({}).buffer).toString('base64')
}

async function lines(kind: 'own' | 'shared'): Promise<string> {
  return ((await assemble(kind)).match(/.{1,92}/g) ?? [])
    .map((line) => `    '${line}'`)
    .join(' +\n')
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(
    join(here, '../src/lines/line-kernel-code.ts'),
    '/** WebAssembly of kernels/line.wat, in base 64, by kernels/assemble.ts. */\n' +
      `export const lineKernelCode = {\n  own:\n${await lines('own')},\n  shared:\n${await lines('shared')},\n}\n`,
  )
}
