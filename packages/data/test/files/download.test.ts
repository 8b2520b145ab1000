import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { keyedRandom, obtainFiles, type DataContext } from '@ductus/data'
import { dataFolder, writeMetadata } from '../helpers/data-folder.js'
import {
  serveFiles,
  status,
  well,
  type Behaviour,
  type FileServer,
} from '../helpers/file-server.js'

const name = 'letters.gz'
const random = keyedRandom('download test')
const body = gzipSync(Uint8Array.from({ length: 200_000 }, () => Math.floor(random() * 256)))
const files = { [name]: body }
const quick = { tries: 3, backoffMs: 5, timeoutMs: 300 }

async function server(...behaviours: Behaviour[]): Promise<FileServer> {
  const started = await serveFiles(files, ...behaviours)
  onTestFinished(() => started.close())
  return started
}

async function setting(
  ...mirrors: readonly (FileServer | string)[]
): Promise<{ context: DataContext; folder: string }> {
  const dataDir = await dataFolder()
  const urls = mirrors.map((mirror) => (typeof mirror === 'string' ? mirror : mirror.url))
  await writeMetadata(dataDir, 'sample', files, urls)
  return { context: { dataDir, download: quick }, folder: join(dataDir, 'downloaded', 'sample') }
}

async function expectWhole(folder: string): Promise<void> {
  expect(await readFile(join(folder, name))).toEqual(body)
  expect(await readdir(folder)).toEqual([name])
}

async function expectNothing(folder: string): Promise<void> {
  expect(existsSync(join(folder, name))).toBe(false)
}

it('streams a file to the downloaded folder and reports how far it is', async () => {
  const { context, folder } = await setting(await server(well))
  const done: number[] = []
  const reporter = { progress: (state: { done: number }) => void done.push(state.done) }
  const { paths } = await obtainFiles('sample', { ...context, reporter })
  expect(paths.get(name)).toBe(join(folder, name))
  await expectWhole(folder)
  expect(done.at(-1)).toBe(body.length)
})

it('takes the next mirror after a 404, without another try', async () => {
  const [first, second] = [await server(status(404)), await server(well)]
  const { context, folder } = await setting(first, second)
  await obtainFiles('sample', context)
  await expectWhole(folder)
  expect(first.requests).toHaveLength(1)
})

it('tries again after a 503', async () => {
  const only = await server(status(503), well)
  const { context, folder } = await setting(only)
  await obtainFiles('sample', context)
  await expectWhole(folder)
  expect(only.requests).toHaveLength(2)
})

it('follows a redirect', async () => {
  const target = await server(well)
  const from = await server((_request, response) => {
    response.writeHead(302, { location: `${target.url}/${name}` }).end()
  })
  const { context, folder } = await setting(from)
  await obtainFiles('sample', context)
  await expectWhole(folder)
})

it('goes on where a connection was cut', async () => {
  const half = Math.floor(body.length / 2)
  const cut: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.subarray(0, half), () => setTimeout(() => response.destroy(), 20))
  }
  const only = await server(cut, well)
  const { context, folder } = await setting(only)
  await obtainFiles('sample', context)
  await expectWhole(folder)
  expect(only.requests.map((request) => request.range)).toEqual([undefined, `bytes=${half}-`])
})

it('starts over when the server cannot go on in the middle', async () => {
  const cut: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20))
  }
  const whole: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': body.length }).end(body)
  }
  const { context, folder } = await setting(await server(cut, whole))
  await obtainFiles('sample', context)
  await expectWhole(folder)
})

it('gives up on a silent server and takes the next mirror', async () => {
  const silent: Behaviour = () => undefined
  const stuck: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.subarray(0, 100))
  }
  const { context, folder } = await setting(await server(silent, stuck), await server(well))
  await obtainFiles('sample', { ...context, download: { ...quick, tries: 2 } })
  await expectWhole(folder)
})

it('refuses a wrong checksum and takes nothing for data', async () => {
  const spoilt = Buffer.from(body)
  spoilt[spoilt.length - 1] = (spoilt[spoilt.length - 1] as number) ^ 1
  const wrong: Behaviour = (_request, response) => response.end(spoilt)
  const { context, folder } = await setting(await server(wrong))
  await expect(obtainFiles('sample', context)).rejects.toThrow(/expected SHA-256/)
  await expectNothing(folder)
  expect(await readdir(folder)).toEqual([])
})

it('drops a spoilt beginning and fetches the file afresh', async () => {
  const only = await server(well)
  const { context, folder } = await setting(only)
  const spoilt = Buffer.from(body.subarray(0, 500))
  spoilt[499] = (spoilt[499] as number) ^ 1
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.part`), spoilt)
  await obtainFiles('sample', context)
  await expectWhole(folder)
  expect(only.requests.map((request) => request.range)).toEqual(['bytes=500-', undefined])
})

it('refuses a file that the server itself has cut short', async () => {
  const short: Behaviour = (_request, response) => response.end(body.subarray(0, 5000))
  const { context, folder } = await setting(await server(short))
  await expect(obtainFiles('sample', context)).rejects.toThrow(
    new RegExp(`expected ${body.length} bytes, received 5000`),
  )
  await expectNothing(folder)
})

it('refuses a file that is longer than it should be', async () => {
  const long: Behaviour = (_request, response) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' })
    response.end(Buffer.concat([body, Buffer.alloc(10)]))
  }
  const { context, folder } = await setting(await server(long))
  await expect(obtainFiles('sample', context)).rejects.toThrow(/received more/)
  await expectNothing(folder)
})

it('recognises an HTML page in place of a gzip file, and takes the next mirror', async () => {
  const page: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.write('<!DOCTYPE html><html><body>Moved</body></html>')
    response.end()
  }
  const alone = await setting(await server(page))
  await expect(obtainFiles('sample', alone.context)).rejects.toThrow(/an HTML page in place/)
  await expectNothing(alone.folder)
  const { context, folder } = await setting(await server(page), await server(well))
  await obtainFiles('sample', context)
  await expectWhole(folder)
})

it('names the folder and the files to place by hand when no address answers', async () => {
  const gone = await serveFiles(files)
  await gone.close()
  const { context, folder } = await setting(gone.url)
  const failure = obtainFiles('sample', context)
  await expect(failure).rejects.toMatchObject({ code: 'files-missing' })
  const message = await failure.catch((error: Error) => error.message)
  expect(message).toContain(folder)
  expect(message).toContain(name)
  expect(message).toContain('connection refused')
  expect(message).not.toContain('\n')
})

it('stops when it is aborted', async () => {
  const silent: Behaviour = () => undefined
  const { context } = await setting(await server(silent))
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50)
  const download = { ...quick, timeoutMs: 30_000 }
  const failure = obtainFiles('sample', { ...context, download, signal: controller.signal })
  await expect(failure).rejects.toMatchObject({ name: 'AbortError' })
})

it('gives up on a server that sends a byte now and then', async () => {
  const dripping: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': body.length })
    let at = 0
    const timer = setInterval(() => response.write(body.subarray(at, ++at)), 20)
    response.on('close', () => clearInterval(timer))
  }
  const { context, folder } = await setting(await server(dripping), await server(well))
  const warnings: string[] = []
  const reporter = { warn: (text: string) => void warnings.push(text) }
  await obtainFiles('sample', { ...context, reporter, download: { ...quick, tries: 2 } })
  expect(warnings.join()).toContain('slower than 1 kB per second for 0.3 s')
  await expectWhole(folder)
})

it('ends a loop of redirects, and takes the next mirror', async () => {
  const loop: Behaviour = (request, response) => {
    response.writeHead(302, { location: request.url }).end()
  }
  const first = await server(loop)
  const { context, folder } = await setting(first, await server(well))
  await obtainFiles('sample', { ...context, download: { ...quick, tries: 1 } })
  expect(first.requests).toHaveLength(6)
  await expectWhole(folder)
})

it('sends the credentials of a mirror to that mirror alone, and shows them nowhere', async () => {
  const seen: (string | undefined)[][] = [[], []]
  const other = await server((request, response, bytes) => {
    seen[1]!.push(request.headers.authorization)
    well(request, response, bytes)
  })
  const asked = await server((request, response) => {
    seen[0]!.push(request.headers.authorization)
    response.writeHead(302, { location: `${other.url}/sample/${name}` }).end()
  })
  const { context } = await setting()
  const mirror = asked.url.replace('//', '//bob:s3cr3tPW@')
  const { origin } = await obtainFiles('sample', { ...context, mirror })
  expect(seen).toEqual([[`Basic ${Buffer.from('bob:s3cr3tPW').toString('base64')}`], [undefined]])
  expect(origin).toBe(new URL(asked.url).host)

  const gone = await server()
  const { context: empty } = await setting()
  const failed = obtainFiles('sample', {
    ...empty,
    mirror: `${gone.url.replace('//', '//bob:s3cr3tPW@')}/?token=s3cr3tPW`,
  })
  const message = await failed.then(String, String)
  expect(message).toContain('HTTP 404')
  expect(message).not.toContain('s3cr3tPW')
})

it('says which mirror cannot be read as an address, but not its password', async () => {
  const { context } = await setting()
  const failed = obtainFiles('sample', { ...context, mirror: 'http://bob:s3cr3tPW#1@host' })
  const message = await failed.then(String, String)
  expect(message).toMatch(/^DataError: DUCTUS_DATA_MIRROR: expected a folder or an http/)
  expect(message).not.toContain('s3cr3tPW')
})
