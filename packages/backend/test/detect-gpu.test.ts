import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { detectGpu } from '@ductus/backend'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** A folder for PATH with a stand-in for the driver's tool, which this machine may not have. */
let tools: string
const { PATH, CUDA_VISIBLE_DEVICES } = process.env

beforeEach(async () => {
  tools = await mkdtemp(join(tmpdir(), 'ductus-gpu-'))
  delete process.env['CUDA_VISIBLE_DEVICES']
})
afterEach(async () => {
  process.env['PATH'] = PATH
  if (CUDA_VISIBLE_DEVICES !== undefined) process.env['CUDA_VISIBLE_DEVICES'] = CUDA_VISIBLE_DEVICES
  else delete process.env['CUDA_VISIBLE_DEVICES']
  await rm(tools, { recursive: true })
})

async function withTool(script: string): Promise<void> {
  await writeFile(join(tools, 'nvidia-smi'), `#!/bin/sh\n${script}\n`)
  await chmod(join(tools, 'nvidia-smi'), 0o755)
  process.env['PATH'] = `${tools}:${PATH}`
}

describe.skipIf(process.platform === 'win32')('detectGpu', () => {
  it('reads cards and driver from nvidia-smi', async () => {
    await withTool('printf "NVIDIA H200, 550.54\\nNVIDIA T4, 550.54\\n"')
    expect(await detectGpu()).toEqual({
      present: true,
      devices: ['NVIDIA H200', 'NVIDIA T4'],
      driver: '550.54',
    })
  })

  it('sees none where CUDA_VISIBLE_DEVICES hides them', async () => {
    await withTool('echo "NVIDIA T4, 550.54"')
    process.env['CUDA_VISIBLE_DEVICES'] = ''
    expect(await detectGpu()).toMatchObject({
      present: false,
      reason: expect.stringContaining('CUDA_VISIBLE_DEVICES') as string,
    })
  })
})
