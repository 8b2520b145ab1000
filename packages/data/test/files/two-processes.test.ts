import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { keyedRandom, obtainFiles } from '@ductus/data'
import { dataFolder, writeMetadata } from '../helpers/data-folder.js'
import { serveFiles, well, type Behaviour } from '../helpers/file-server.js'

const run = promisify(execFile)
const name = 'letters.gz'
const random = keyedRandom('two processes')
const body = gzipSync(Uint8Array.from({ length: 400_000 }, () => Math.floor(random() * 256)))
const files = { [name]: body }
const child = fileURLToPath(new URL('../helpers/obtain-child.ts', import.meta.url))
const tsx = ['--import', 'tsx', '-C', '@ductus/source', child]

/** Sends the file in slow pieces, so that a second process comes while the first is at it. */
const slowly: Behaviour = (request, response) => {
  const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0])
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': body.length - start,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
  })
  let at = start
  const timer = setInterval(() => {
    response.write(body.subarray(at, (at += 20_000)))
    if (at < body.length) return
    clearInterval(timer)
    response.end()
  }, 50)
  response.on('close', () => clearInterval(timer))
}

/** Sends half of the file and then nothing more: the process that asked has to be killed. */
const stalls: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-length': body.length })
  response.write(body.subarray(0, body.length >> 1))
}

// Processes start slowly on a busy machine; alone, each test takes two or three seconds.
const patience = { timeout: 240_000 }

it(
  'lets two processes want the same file at once: one fetches, both have it',
  patience,
  async () => {
    const server = await serveFiles(files, slowly)
    onTestFinished(() => server.close())
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, [server.url])
    const both = [1, 2].map(() => run(process.execPath, [...tsx, 'sample', dataDir]))
    const path = join(dataDir, 'downloaded', 'sample', name)
    for (const { stdout } of await Promise.all(both)) expect(JSON.parse(stdout)).toEqual([path])
    expect(await readFile(path)).toEqual(body)
    expect(server.requests).toHaveLength(1)
    expect(await readdir(join(dataDir, 'downloaded', 'sample'))).toEqual([name])
  },
)

it(
  'goes on after a process that was killed, from its part and past its lock',
  patience,
  async () => {
    const server = await serveFiles(files, stalls, well)
    onTestFinished(() => server.close())
    const dataDir = await dataFolder()
    await writeMetadata(dataDir, 'sample', files, [server.url])
    const folder = join(dataDir, 'downloaded', 'sample')
    const killed = spawn(process.execPath, [...tsx, 'sample', dataDir])
    const gone = once(killed, 'exit')
    const part = join(folder, `${name}.part`)
    while (!existsSync(part) || statSync(part).size === 0) await sleep(20)
    killed.kill('SIGKILL')
    await gone
    expect((await readdir(folder)).sort()).toEqual([`${name}.lock`, `${name}.part`])
    await obtainFiles('sample', { dataDir })
    expect(await readFile(join(folder, name))).toEqual(body)
    expect(server.requests[1]?.range).toMatch(/^bytes=\d+-$/)
    expect(await readdir(folder)).toEqual([name])
  },
)
