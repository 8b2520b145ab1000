import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { useBackend } from '@ductus/backend'
import { Classifier, MLflowLogger, Trainer, type TrainerOptions } from '@ductus/training'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RecordingReporter } from '../support/recording-reporter.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

interface Call {
  path: string
  body: Record<string, unknown>
  authorization: string | undefined
}

let server: Server | undefined

/**
 * A server with the part of MLflow's REST interface that is used, as its documentation describes it. (A real one is in
 * tools/check/read-mlflow.py.)
 *
 * @param answer gives the status of an answer, where it is not the usual one
 */
async function serve(answer?: (path: string, calls: readonly Call[]) => number | undefined) {
  const calls: Call[] = []
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = request.url!.replace('/api/2.0/mlflow/', '')
      const { authorization } = request.headers
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
      calls.push({ path, body, authorization })
      const status =
        answer?.(path, calls) ?? (path.startsWith('experiments/get-by-name') ? 404 : 200)
      const bodies: Record<string, unknown> = {
        'experiments/create': { experiment_id: '7' },
        'runs/create': { run: { info: { run_id: 'abc' } } },
      }
      const error = { error_code: status === 404 ? 'RESOURCE_DOES_NOT_EXIST' : 'X' }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(status === 200 ? (bodies[path] ?? {}) : error))
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { calls, trackingUri: `http://127.0.0.1:${port}` }
}

const metricsOf = (calls: readonly Call[]) =>
  calls.flatMap(({ body }) => (body.metrics ?? []) as { key: string; step: number }[])

async function fit(logger: MLflowLogger, options: TrainerOptions = {}) {
  const trainer = new Trainer({ rootDir: temporaryFolder(), loggers: [logger], ...options })
  return trainer.fit(new Classifier(toyModel()), toyData())
}

beforeAll(async () => {
  await useBackend('cpu')
})

afterEach(() => {
  server?.close()
})

describe('MLflowLogger', () => {
  it('creates experiment and run, logs options and metrics, and ends the run', async () => {
    const { calls, trackingUri } = await serve()
    const logger = new MLflowLogger({ trackingUri, now: () => 5 })
    const result = await fit(logger, { maxEpochs: 2, name: 'toy' })
    expect(calls.slice(0, 3)).toMatchObject([
      { path: 'experiments/get-by-name?experiment_name=toy', body: {} },
      { path: 'experiments/create', body: { name: 'toy' } },
      {
        path: 'runs/create',
        body: { experiment_id: '7', run_name: 'toy/version_0', start_time: 5 },
      },
    ])
    expect(calls[3]!.body).toMatchObject({ run_id: 'abc' })
    expect(calls[3]!.body.params).toContainEqual({ key: 'module.optimizer', value: 'Adam' })
    for (const [key, value] of Object.entries(result.metrics)) {
      expect(metricsOf(calls)).toContainEqual({ key, value, timestamp: 5, step: 12 })
    }
    expect(calls.at(-1)).toMatchObject({
      path: 'runs/update',
      body: { run_id: 'abc', status: 'FINISHED', end_time: 5 },
    })
  })

  it('goes on in the same run when resumed', async () => {
    const { calls, trackingUri } = await serve((path) =>
      path.startsWith('runs/get') ? 200 : undefined,
    )
    const rootDir = temporaryFolder()
    for (const maxEpochs of [1, 2]) {
      const loggers = [new MLflowLogger({ trackingUri })]
      const trainer = new Trainer({ maxEpochs, rootDir, loggers })
      await trainer.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    }
    expect(calls.filter(({ path }) => path === 'runs/create')).toHaveLength(1)
    expect(calls).toContainEqual({
      path: 'runs/update',
      body: { run_id: 'abc', status: 'RUNNING' },
      authorization: undefined,
    })
    expect(new Set(metricsOf(calls).map(({ step }) => step))).toEqual(new Set([6, 12]))
  })

  it('says so before training where the server refuses, or is not there', async () => {
    const { trackingUri } = await serve((path) => (path === 'runs/create' ? 500 : undefined))
    const run = (address: string) => fit(new MLflowLogger({ trackingUri: address }))
    await expect(run(trackingUri)).rejects.toThrow('to succeed, received 500')
    await expect(run('http://127.0.0.1:9')).rejects.toThrow(/received none.*Start the server/)
  })

  it('lets the run go on where the server fails in between, and sends what waited', async () => {
    let refusals = 0
    const failing = (path: string, calls: readonly Call[]): number | undefined => {
      if (path !== 'runs/log-batch' || metricsOf(calls).length === 0) return undefined
      return refusals++ < 2 ? 503 : undefined
    }
    const { calls, trackingUri } = await serve(failing)
    const reporter = new RecordingReporter()
    const logger = new MLflowLogger({ trackingUri, retryMs: 0 })
    const result = await fit(logger, { maxEpochs: 3, reporter, logEveryNSteps: 1 })
    expect(result.status).toBe('completed')
    expect(reporter.warnings).toHaveLength(1)
    expect(reporter.warnings[0]).toMatch(/received 503.*The run goes on; what waits is sent/)
    const steps = new Set(metricsOf(calls).map(({ step }) => step))
    expect([...steps].sort((a, b) => a - b)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1))
  })

  it('counts at the end what a server that stayed away did not get', async () => {
    const { trackingUri } = await serve()
    const reporter = new RecordingReporter()
    const callbacks = [
      {
        onFitStart: () => void server!.close(),
        onEpochEnd: () => void server!.closeAllConnections(),
      },
    ]
    const logger = new MLflowLogger({ trackingUri })
    const { status } = await fit(logger, { maxEpochs: 2, reporter, callbacks })
    expect(status).toBe('completed')
    expect(reporter.warnings[0]).toMatch(/received none.*The run goes on/)
    // Two rows of steps with two metrics, two of epochs with four.
    expect(reporter.warnings.at(-1)).toBe('MLflowLogger: 12 metrics were not sent.')
  })

  it('leaves out what the server will never take, and goes on', async () => {
    const { calls, trackingUri } = await serve((path, all) =>
      metricsOf(all.slice(-1)).some(({ key }) => key === 'odd_name') ? 400 : undefined,
    )
    const reporter = new RecordingReporter()
    const logger = new MLflowLogger({ trackingUri })
    await fit(logger, {
      maxEpochs: 2,
      reporter,
      callbacks: [
        {
          onEpochEnd: (context) => {
            if (context.epoch === 0) context.log('odd#name', 1)
          },
        },
      ],
    })
    expect(reporter.warnings).toHaveLength(1)
    expect(reporter.warnings[0]).toMatch(/received 400.*metrics are left out/)
    expect(metricsOf(calls).some(({ step }) => step === 12)).toBe(true)
  })

  it('closes a run that failed as failed', async () => {
    const { calls, trackingUri } = await serve()
    const onEpochEnd = (): never => {
      throw new Error('full')
    }
    const run = fit(new MLflowLogger({ trackingUri }), { callbacks: [{ onEpochEnd }] })
    await expect(run).rejects.toThrow('full')
    expect(calls.at(-1)).toMatchObject({ path: 'runs/update', body: { status: 'FAILED' } })
  })

  it('takes address, experiment and credentials from the environment', async () => {
    const { calls, trackingUri } = await serve()
    const before = { ...process.env }
    process.env.MLFLOW_TRACKING_URI = `${trackingUri}/`
    process.env.MLFLOW_EXPERIMENT_NAME = 'digits & more'
    process.env.MLFLOW_TRACKING_USERNAME = 'ada'
    process.env.MLFLOW_TRACKING_PASSWORD = 'secret'
    try {
      await fit(new MLflowLogger())
    } finally {
      process.env = before
    }
    expect(calls[1]).toMatchObject({ path: 'experiments/create', body: { name: 'digits & more' } })
    const expected = `Basic ${Buffer.from('ada:secret').toString('base64')}`
    expect(new Set(calls.map(({ authorization }) => authorization))).toEqual(new Set([expected]))
  })

  it('takes credentials from the address, and shows them in no message', async () => {
    const { calls, trackingUri } = await serve((path) => (path === 'runs/create' ? 403 : undefined))
    const address = trackingUri.replace('//', '//ada:se%20cret@')
    const failed = fit(new MLflowLogger({ trackingUri: address }))
    await expect(failed).rejects.toThrow(`of ${trackingUri} to succeed, received 403`)
    const expected = `Basic ${Buffer.from('ada:se cret').toString('base64')}`
    expect(calls[0]!.authorization).toBe(expected)
  })

  it('needs an address', () => {
    expect(() => new MLflowLogger({ trackingUri: 'nowhere' })).toThrow('expected trackingUri')
  })
})
