import { TrainingError } from '../../training-error.js'

/** A server that answered, but not with what was asked for. */
export class Refusal extends TrainingError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super('FILE_SYSTEM', message)
  }
}

/** Speaks MLflow's REST interface 2.0. Credentials come from the address, or MLflow's own environment variables. */
export class MLflowClient {
  readonly address: string
  readonly #timeoutMs: number
  readonly #authorization: Record<string, string>

  constructor(address: string, timeoutMs: number) {
    const url = new URL(address)
    this.#authorization = authorization(url)
    // fetch refuses an address with a password, and messages must not show it.
    url.username = url.password = ''
    this.address = url.href.replace(/\/+$/, '')
    this.#timeoutMs = timeoutMs
  }

  /**
   * @returns undefined where the server knows no such thing (404)
   * @throws Refusal, or TrainingError `FILE_SYSTEM` where no server answers
   */
  async get(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await this.#request(`${path}?${new URLSearchParams(query).toString()}`, {})
    if (response.status === 404) {
      const text = await response.text()
      if (text.includes('RESOURCE_DOES_NOT_EXIST')) return undefined
      throw refusal(404, text, path, this.address)
    }
    return this.#body(response, path)
  }

  /** @throws Refusal, or TrainingError `FILE_SYSTEM` where no server answers */
  async post(path: string, body: object): Promise<unknown> {
    const init = { method: 'POST', body: JSON.stringify(body) }
    return this.#body(await this.#request(path, init), path)
  }

  async #body(response: Response, path: string): Promise<unknown> {
    const text = await response.text()
    if (!response.ok) throw refusal(response.status, text, path, this.address)
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw refusal(response.status, text, path, this.address)
    }
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    const headers = { 'content-type': 'application/json', ...this.#authorization }
    try {
      return await fetch(`${this.address}/api/2.0/mlflow/${path}`, { ...init, headers, signal })
    } catch (cause) {
      throw new TrainingError(
        'FILE_SYSTEM',
        `MLflowLogger: expected an answer of ${this.address}, received ${reason(cause)}. ` +
          'Start the server (mlflow server), correct trackingUri, or leave the logger out.',
        { cause },
      )
    }
  }
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username) return basic(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user } = process.env
  if (token) return { authorization: `Bearer ${token}` }
  if (!user) return {}
  return basic(`${user}:${process.env.MLFLOW_TRACKING_PASSWORD ?? ''}`)
}

function basic(pair: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function refusal(status: number, text: string, path: string, address: string): Refusal {
  return new Refusal(
    status,
    `MLflowLogger: expected ${path} of ${address} to succeed, received ${status} ${text.slice(0, 300)}. ` +
      "See the server's log; trackingUri must be MLflow's own address.",
  )
}

function reason(cause: unknown): string {
  const { name, cause: inner } = cause as { name?: string; cause?: { code?: string } }
  if (name === 'TimeoutError') return 'none in time'
  return inner?.code ? `none (${inner.code})` : 'none'
}
