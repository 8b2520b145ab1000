import { TrainingError } from '../../training-error.js'
import { withoutCredentials } from '../../without-credentials.js'

/** A server that answered, but not with what was asked for. */
export class Refusal extends TrainingError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super('FILE_SYSTEM', message)
  }
}

/** The most that an answer may hold: a run with all its parameters and last metrics is far below. */
const mostBytes = 16 * 2 ** 20

/** An answer's status and its whole body. */
interface Answer {
  status: number
  text: string
  /** Where redirects led, where they led elsewhere. */
  from: string
}

/** Speaks MLflow's REST interface 2.0. Credentials come from the address, or MLflow's own environment variables. */
export class MLflowClient {
  /** The address without its credentials and query. */
  readonly address: string
  readonly #query: URLSearchParams
  readonly #timeoutMs: number
  readonly #authorization: Record<string, string>

  constructor(address: string, timeoutMs: number) {
    const url = new URL(address)
    this.#authorization = authorization(url)
    this.#query = new URLSearchParams(url.search)
    // fetch refuses an address with a password, and messages must not show it.
    url.username = url.password = url.search = url.hash = ''
    this.address = url.href.replace(/\/+$/, '')
    this.#timeoutMs = timeoutMs
  }

  /**
   * @returns undefined where the server knows no such thing (404)
   * @throws Refusal, or TrainingError `FILE_SYSTEM` where no server answers, or none of MLflow
   */
  async get(
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<MLflowAnswer | undefined> {
    const answer = await this.#request(path, query, {})
    if (answer.status === 404 && answer.text.includes('RESOURCE_DOES_NOT_EXIST')) return undefined
    return this.#read(answer, path)
  }

  /** @throws Refusal, or TrainingError `FILE_SYSTEM` where no server answers, or none of MLflow */
  async post(path: string, body: object): Promise<MLflowAnswer> {
    const init = { method: 'POST', body: JSON.stringify(body) }
    return this.#read(await this.#request(path, {}, init), path)
  }

  #read({ status, text, from }: Answer, path: string): MLflowAnswer {
    const asked = `${path} of ${this.address}`
    if (status < 200 || status >= 300) {
      throw new Refusal(
        status,
        `MLflowLogger: expected ${asked} to succeed, received ${status} ${excerpt(text)}${from}. ` +
          "See the server's log; trackingUri must be MLflow's own address.",
      )
    }
    const value = parsed(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new MLflowAnswer(value as Record<string, unknown>, asked)
    }
    throw foreign(asked, 'a JSON object', `${excerpt(text) || 'an empty answer'}${from}`)
  }

  async #request(
    path: string,
    query: Readonly<Record<string, string>>,
    init: RequestInit,
  ): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    const headers = { 'content-type': 'application/json', ...this.#authorization }
    const parameters = new URLSearchParams([...this.#query, ...Object.entries(query)]).toString()
    const url = `${this.address}/api/2.0/mlflow/${path}${parameters && `?${parameters}`}`
    try {
      const response = await fetch(url, { ...init, headers, signal })
      const from = response.redirected ? ` from ${new URL(response.url).host}, redirected` : ''
      return { status: response.status, text: await limitedText(response), from }
    } catch (cause) {
      throw new TrainingError(
        'FILE_SYSTEM',
        `MLflowLogger: expected an answer of ${this.address}, received ${this.#reason(cause)}. ` +
          'Start the server (mlflow server), correct trackingUri, or leave the logger out.',
        { cause },
      )
    }
  }

  #reason(cause: unknown): string {
    if (cause instanceof Endless) return cause.message
    const { name, cause: inner } = cause as { name?: string; cause?: NodeJS.ErrnoException }
    if (name === 'TimeoutError') return `none within ${this.#timeoutMs / 1000} s`
    const why = inner?.code?.startsWith('UND_') ? inner.message : (inner?.code ?? inner?.message)
    return why ? `none (${why})` : 'none'
  }
}

/** What MLflow answered, read with a check of its shape. */
export class MLflowAnswer {
  constructor(
    private readonly value: Readonly<Record<string, unknown>>,
    private readonly asked: string,
  ) {}

  /**
   * Reads a text at `run.info.run_id`.
   *
   * @throws TrainingError `FILE_SYSTEM` where there is none
   */
  text(path: string): string {
    let at: unknown = this.value
    for (const key of path.split('.'))
      at = (at as Record<string, unknown> | null | undefined)?.[key]
    if (typeof at === 'string' && at !== '') return at
    throw foreign(this.asked, `an answer with ${path}`, excerpt(JSON.stringify(this.value)))
  }
}

class Endless extends Error {}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const body: AsyncIterable<Uint8Array> | null = response.body
  if (body === null) return ''
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Endless(`more than ${mostBytes / 2 ** 20} MB in one answer`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username || password) return basic(`${decoded(username)}:${decoded(password)}`)
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user } = process.env
  if (token) return { authorization: `Bearer ${token}` }
  if (!user) return {}
  return basic(`${user}:${process.env.MLFLOW_TRACKING_PASSWORD ?? ''}`)
}

/** A lone `%` is no escape: then it means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function basic(pair: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function foreign(asked: string, wanted: string, received: string): TrainingError {
  return new TrainingError(
    'FILE_SYSTEM',
    `MLflowLogger: expected ${wanted} from ${asked}, received ${received}. ` +
      "That is no MLflow server: trackingUri must be MLflow's own address.",
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The start of an answer, in one line. */
function excerpt(text: string): string {
  return withoutCredentials(text.slice(0, 300).replace(/\s+/g, ' ').trim())
}
