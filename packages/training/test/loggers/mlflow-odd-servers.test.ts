import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { useBackend } from '@ductus/backend'
import { Classifier, MLflowLogger, Trainer, TrainingError } from '@ductus/training'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

const servers: Server[] = []

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  await useBackend('cpu')
})

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function fit(trackingUri: string, timeoutMs = 10_000, reporter = new RecordingReporter()) {
  const loggers = [new MLflowLogger({ trackingUri, timeoutMs })]
  const trainer = new Trainer({ rootDir: temporaryFolder(), loggers, reporter, maxEpochs: 2 })
  return trainer.fit(new Classifier(toyModel()), toyData())
}

const answering =
  (status: number, text: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers)
    response.end(text)
  }

const endless: RequestListener = (_, response) => {
  const more = (): void => {
    if (!response.destroyed && response.write('x'.repeat(1 << 20))) setImmediate(more)
  }
  response.on('drain', more)
  more()
}

const dripping: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

const cutOff: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': '100' })
  response.write('{ "experiment"')
  setTimeout(() => response.destroy(), 20)
}

describe('MLflowLogger with a server that is odd from the start', () => {
  const foreign =
    /expected .* from experiments\/get-by-name of HOST, received .*That is no MLflow server/
  it.each<[string, RequestListener, RegExp]>([
    ['{}', answering(200, '{}'), /an answer with experiment\.experiment_id.*received \{\}/],
    ['{}', answering(200, '{}'), foreign],
    ['null', answering(200, 'null'), /expected a JSON object.*received null\./],
    ['a list', answering(200, '[]'), foreign],
    ['a number for an id', answering(200, '{"experiment":{"experiment_id":5}}'), foreign],
    ['experiment: null', answering(200, '{"experiment":null}'), foreign],
    ['a page', answering(200, '<html>\n<b>Hi</b>'), /received <html> <b>Hi<\/b>\. That is no/],
    ['nothing', answering(200, ''), /received an empty answer\./],
    ['500', answering(500, 'oops'), /to succeed, received 500 oops\./],
    ['401', answering(401, ''), /received 401/],
    ['a body without end', endless, /HOST, received more than 16 MB in one answer\./],
    ['a slow drip', dripping, /HOST, received none within 0\.3 s\./],
    ['silence', () => undefined, /HOST, received none within 0\.3 s\./],
    ['a cut', cutOff, /HOST, received none \(.*\)\. Start the server/],
    ['redirects', answering(302, '', { location: '/again' }), /received none \(redirect count/],
  ])('%s is one typed error that names the server', async (name, listener, message) => {
    const address = await serve(listener)
    const patient = !['a slow drip', 'silence'].includes(name)
    const error: unknown = await fit(
      address.replace('//', '//bob:s3cr3tPW@'),
      patient ? 10_000 : 300,
    ).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TrainingError)
    const said = (error as Error).message.replaceAll(address, 'HOST')
    expect(said).toMatch(message)
    expect(said).not.toMatch(/\n|s3cr3tPW/)
    expect(said.startsWith('MLflowLogger: expected ')).toBe(true)
  })
})

const asMlflow = JSON.stringify({
  experiment: { experiment_id: '1' },
  run: { info: { run_id: 'abc' } },
})

describe('MLflowLogger with a server that turns odd in a run', () => {
  it.each<[string, RequestListener]>([
    ['a page', answering(200, '<html>')],
    ['null', answering(200, 'null')],
    ['401', answering(401, '')],
    ['500', answering(500, '')],
    ['a body without end', endless],
    ['silence', () => undefined],
    ['a cut', cutOff],
  ])('%s costs a warning, and the run ends well', async (_, odd) => {
    let hasParams = false
    const address = await serve((request, response) => {
      if (hasParams) return odd(request, response)
      hasParams = request.url!.endsWith('runs/log-batch')
      response.end(asMlflow)
    })
    const reporter = new RecordingReporter()
    const { status, epochs } = await fit(address, 300, reporter)
    expect([status, epochs]).toEqual(['completed', 2])
    expect(reporter.warnings).toHaveLength(2)
    expect(reporter.warnings[0]).toMatch(/The run goes on; what waits is sent when it is back\.$/)
    expect(reporter.warnings[1]).toMatch(/^MLflowLogger: \d+ metrics were not sent\.$/)
  })
})

describe('credentials of the address', () => {
  it('go to its server, and not to where that redirects', async () => {
    const seen: (string | undefined)[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.end(asMlflow)
    })
    let asked: string | undefined
    const address = await serve((request, response) => {
      asked = request.headers.authorization
      response.writeHead(307, { location: `${other}${request.url}` })
      response.end()
    })
    await fit(address.replace('//', '//bob:s3cr3tPW@'))
    expect(asked).toBe(`Basic ${Buffer.from('bob:s3cr3tPW').toString('base64')}`)
    expect(seen.length).toBeGreaterThan(3)
    expect(new Set(seen)).toEqual(new Set([undefined]))
  })

  it('may be a query parameter, which every request carries', async () => {
    const urls: string[] = []
    const address = await serve((request, response) => {
      urls.push(request.url!)
      response.end(asMlflow)
    })
    await fit(`${address}/base/?api_key=abc`)
    expect(urls[0]).toBe(
      '/base/api/2.0/mlflow/experiments/get-by-name?api_key=abc&experiment_name=default',
    )
    expect(urls.every((url) => url.startsWith('/base/api/') && url.includes('api_key=abc'))).toBe(
      true,
    )
  })
})
