import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { useBackend } from '@ductus/backend'
import { Classifier, MLflowLogger, Trainer } from '@ductus/training'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

interface Call {
  path: string
  body: Record<string, unknown>
}

let server: Server | undefined

/** A server with the part of MLflow's REST interface that is used, as its documentation describes it. */
async function serve(answer?: (path: string) => number | undefined) {
  const calls: Call[] = []
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = request.url!.replace('/api/2.0/mlflow/', '')
      calls.push({ path, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) })
      const status = answer?.(path) ?? (path.startsWith('experiments/get-by-name') ? 404 : 200)
      const bodies: Record<string, unknown> = {
        'experiments/create': { experiment_id: '7' },
        'runs/create': { run: { info: { run_id: 'abc' } } },
      }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(status === 200 ? (bodies[path] ?? {}) : { error_code: 'X' }))
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { calls, trackingUri: `http://127.0.0.1:${port}` }
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
    const loggers = [new MLflowLogger({ trackingUri, now: () => 5 })]
    const trainer = new Trainer({ maxEpochs: 2, rootDir: temporaryFolder(), name: 'toy', loggers })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    expect(calls.slice(0, 3)).toEqual([
      { path: 'experiments/get-by-name?experiment_name=toy', body: {} },
      { path: 'experiments/create', body: { name: 'toy' } },
      {
        path: 'runs/create',
        body: { experiment_id: '7', run_name: 'toy/version_0', start_time: 5 },
      },
    ])
    expect(calls[3]!.body).toMatchObject({ run_id: 'abc' })
    expect(calls[3]!.body.params).toContainEqual({ key: 'module.optimizer', value: 'Adam' })
    const metrics = calls.flatMap(({ body }) => (body.metrics ?? []) as object[])
    for (const [key, value] of Object.entries(result.metrics)) {
      expect(metrics).toContainEqual({ key, value, timestamp: 5, step: 12 })
    }
    expect(calls.at(-1)).toEqual({
      path: 'runs/update',
      body: { run_id: 'abc', status: 'FINISHED', end_time: 5 },
    })
  })

  it('goes on in the same run when resumed', async () => {
    const { calls, trackingUri } = await serve()
    const rootDir = temporaryFolder()
    for (const maxEpochs of [1, 2]) {
      const loggers = [new MLflowLogger({ trackingUri })]
      const trainer = new Trainer({ maxEpochs, rootDir, loggers })
      await trainer.fit(new Classifier(toyModel()), toyData(), { resume: 'last' })
    }
    expect(calls.filter(({ path }) => path === 'runs/create')).toHaveLength(1)
    const metrics = calls.flatMap(({ body }) => (body.metrics ?? []) as { step: number }[])
    expect(new Set(metrics.map(({ step }) => step))).toEqual(new Set([6, 12]))
  })

  it('says so where the server refuses, or is not there', async () => {
    const { trackingUri } = await serve((path) => (path === 'runs/create' ? 500 : undefined))
    const fit = (address: string): Promise<unknown> => {
      const loggers = [new MLflowLogger({ trackingUri: address })]
      const trainer = new Trainer({ rootDir: temporaryFolder(), loggers })
      return trainer.fit(new Classifier(toyModel()), toyData())
    }
    await expect(fit(trackingUri)).rejects.toThrow('expected runs/create to succeed, received 500')
    await expect(fit('http://127.0.0.1:9')).rejects.toThrow('received none. Start the server')
  })

  it('needs an address', () => {
    expect(() => new MLflowLogger({ trackingUri: 'nowhere' })).toThrow('expected trackingUri')
  })
})
