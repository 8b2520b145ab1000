// Assembles line.wat into src/lines/line-kernel-code.ts. usage: npx tsx packages/data/kernels/assemble.ts
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import wabt from 'wabt'

const here = import.meta.dirname

/** Gives the machine code of line.wat in base 64. */
export async function assemble(): Promise<string> {
  const assembler = await wabt()
  const module = assembler.parseWat('line.wat', await readFile(join(here, 'line.wat'), 'utf8'), {
    simd: true,
  })
  return Buffer.from(module.toBinary({}).buffer).toString('base64')
}

if (process.argv[1] === import.meta.filename) {
  const lines = ((await assemble()).match(/.{1,92}/g) ?? []).map((line) => `  '${line}'`)
  await writeFile(
    join(here, '../src/lines/line-kernel-code.ts'),
    `/** WebAssembly of kernels/line.wat, in base 64, by kernels/assemble.ts. */\nexport const lineKernelCode =\n${lines.join(' +\n')}\n`,
  )
}
