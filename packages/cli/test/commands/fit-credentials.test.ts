import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { runHere } from '../run-here.js'

const folder = mkdtempSync(join(tmpdir(), 'ductus-credentials-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const environment = { ...process.env }
beforeAll(() => {
  delete process.env.MLFLOW_TRACKING_URI
})
afterEach(() => {
  process.env = { ...environment }
})

const password = 's3cr3tPW'
const basic = `Basic ${Buffer.from(`bob:${password}`).toString('base64')}`

let server: Server
/** All that came, but for the header that the password is for. */
let received = ''
let refused = 0

/** A tracking server behind basic authentication. */
beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { authorization, ...headers } = request.headers
      received += `${request.url} ${JSON.stringify(headers)} ${text}\n`
      if (authorization !== basic) {
        refused++
        response.writeHead(401)
        response.end(`who is ${authorization}?`)
        return
      }
      response.end('{"experiment":{"experiment_id":"3"},"run":{"info":{"run_id":"abc"}}}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
})

const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
const small =
  '--fc1 8 --fc2 0 --limit-train-batches 4 --limit-val-batches 1 --limit-test-batches 1 --num-sanity-val-steps 0'

/** Paths of the files below a folder that hold a text, in their bytes or names. */
function filesWith(text: string, below: string): string[] {
  const found = readdirSync(below, { recursive: true, encoding: 'utf8' })
  return found.filter((name) => {
    const path = join(below, name)
    if (name.includes(text)) return true
    return statSync(path).isFile() && readFileSync(path).includes(text)
  })
}

it.each([
  ['separate', (address: string) => ['--mlflow-uri', address]],
  ['joined', (address: string) => [`--mlflow_uri=${address}`]],
])(
  'a password in an address is in no file and no request: %s',
  async (name, uri) => {
    received = ''
    refused = 0
    const loggers = ['--logger', 'csv,jsonl,tensorboard,mlflow']
    const { code, stdout, stderr } = await runHere([
      ...`fit ${small} --json --report --name ${name} --root-dir ${folder}`.split(' '),
      ...loggers,
      ...uri(`http://bob:${password}@${host()}`),
    ])
    expect(stderr).not.toMatch(/warning/)
    expect(code).toBe(0)
    expect(refused).toBe(0)
    const { runDir } = JSON.parse(stdout) as { runDir: string }
    // The address itself is kept: so are the files that would hold the password.
    const holders = filesWith(host(), runDir)
    expect(holders).toEqual(expect.arrayContaining(['hparams.json', 'report.html']))
    expect(holders.some((path) => path.endsWith('checkpoint.json'))).toBe(true)
    expect(holders.some((path) => path.startsWith('tensorboard/'))).toBe(true)
    expect(received).toContain(host())
    for (const secret of [password, basic.slice('Basic '.length)]) {
      expect(filesWith(secret, folder)).toEqual([])
      expect(received + stdout + stderr).not.toContain(secret)
    }

    // What the run was asked repeats it, with the password from the environment.
    process.env.MLFLOW_TRACKING_USERNAME = 'bob'
    process.env.MLFLOW_TRACKING_PASSWORD = password
    const again = await runHere(`fit --config ${runDir}/hparams.json --quiet --no-report`)
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(refused).toBe(0)
    expect(filesWith(password, folder)).toEqual([])
  },
  120_000,
)

it.each([
  ['refused', () => `http://bob:wrong-${password}@${host()}`, 'received 401', 1],
  ['no server', () => `http://bob:${password}@127.0.0.1:9`, 'received none (', 1],
  ['no address', () => `bob:${password}@${host()}`, 'to be an http address, received 127', 2],
  ['cannot be read', () => `http://bob:${password}#1@${host()}`, 'to be an http address', 2],
])(
  'errors and their stacks keep a password to themselves: %s',
  async (_, address, said, rc) => {
    for (const debug of [[], ['--debug']]) {
      const line = `fit ${small} --quiet --root-dir ${folder} --logger mlflow`.split(' ')
      const { code, stdout, stderr } = await runHere([...line, ...debug, '--mlflow-uri', address()])
      expect(stderr).toContain(said)
      expect(stdout + stderr).not.toContain(password)
      expect(code).toBe(rc)
    }
  },
  60_000,
)

it.each([
  ['--mlflow-url', 'http://bob:s3cr3tPW@host'],
  ['--model', 'http://bob:s3cr3tPW@host/model.ts'],
  ['--data', 'http://host/data.ts?token=s3cr3tPW'],
])('a mistaken %s shows no password', async (option, value) => {
  const { code, stdout, stderr } = await runHere(['fit', `${option}=${value}`])
  expect(stderr).not.toBe('')
  expect(stdout + stderr).not.toContain(password)
  expect(code).toBe(2)
})
