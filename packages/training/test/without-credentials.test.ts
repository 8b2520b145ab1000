import { withoutCredentials } from '@ductus/training/credentials'
import { afterEach, describe, expect, it } from 'vitest'

const { WANDB_API_KEY: before } = process.env
afterEach(() => {
  if (before === undefined) delete process.env.WANDB_API_KEY
  else process.env.WANDB_API_KEY = before
})

describe('withoutCredentials', () => {
  it.each([
    ['http://bob:pw@host:5000/x', 'http://host:5000/x'],
    ['--mlflow-uri=https://bob:pw@host', '--mlflow-uri=https://host'],
    ['a http://bob@host and (ftp://me:x@there)', 'a http://host and (ftp://there)'],
    ['http://bob:p@ss@host/a@b', 'http://host/a@b'],
    ['http://bob:p w@host', 'http://host'],
    ['http://bob:p#w@h', 'http://h'],
    ['received bob:pw@host:5000.', 'received host:5000.'],
    ['http://host/?a=1&token=xyz&b=2', 'http://host/?a=1&token=***&b=2'],
    ['http://host/?api_key=xyz#top', 'http://host/?api_key=***#top'],
  ])('%s', (text, expected) => {
    expect(withoutCredentials(text)).toBe(expected)
  })

  it.each([
    'at run (file:///node_modules/@scope/pkg/index.js:1:2)',
    'https://host/image@2x.png?width=3',
    'me@host.org',
    'npm install @wandb/sdk@0.5.1 a@1',
    '/home/me/a:b/c@d',
    'a = b; token=3',
  ])('leaves alone %s', (text) => {
    expect(withoutCredentials(text)).toBe(text)
  })

  it('reaches every text of an object, leaves secrets out, and keeps what else there is', () => {
    const values = new Float32Array(2)
    const given = {
      data: {
        options: { url: 'http://a:b@c', password: 'x', apiKey: 'y', token: 3, padToken: '_' },
      },
      argv: ['--x', 'http://a:b@c'],
      values,
      nothing: null,
    }
    expect(withoutCredentials(given)).toEqual({
      data: { options: { url: 'http://c', token: 3, padToken: '_' } },
      argv: ['--x', 'http://c'],
      values,
      nothing: null,
    })
  })

  it('hides the keys of services that the environment holds', () => {
    process.env.WANDB_API_KEY = 'local-1234567890'
    expect(withoutCredentials('invalid key local-1234567890 given')).toBe('invalid key *** given')
  })
})
