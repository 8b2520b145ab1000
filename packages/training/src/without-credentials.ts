const secretName =
  '(?:pass(?:word|wd|phrase)?|secret|token|(?:auth|access|api|bearer|refresh|session|client|private|wandb|id)[-_]?(?:key|token|secret)|credentials?|sig(?:nature)?)'

const secretKey = new RegExp(`^${secretName}$`, 'i')
const secretParameter = new RegExp(`([?&;]${secretName}=)[^&;#\\s"'<>]+`, 'gi')
const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi
/** A password may hold spaces: then it ends at the `@`. */
const spacedUserinfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:"'<>`]*:[^/@"'<>`\n]* [^/@"'<>`\n]*@/gi
const bareUserinfo =
  /(?<![\w./:@-])[^\s/:@"'=<>`]+:[^\s/@"'<>`]+@(?=[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?(?:[/\s"'`,).]|$))/gi

/** What services take from the environment; their own messages may repeat it. */
const secretVariables = ['WANDB_API_KEY', 'MLFLOW_TRACKING_PASSWORD', 'MLFLOW_TRACKING_TOKEN']

/** Tells whether an option of that name (`password`, `apiKey`, `access-token`) holds a secret. */
export function isSecretName(name: string): boolean {
  return secretKey.test(name)
}

/**
 * Gives a value as it may be written to a file, a log or a terminal. In texts, however deep: `user:password@` of an
 * address is left out, a query parameter such as `token` and the keys of Weights & Biases and MLflow in the environment
 * become `***`. Properties named `password`, `apiKey`, `token` and the like are left out where they are texts.
 */
export function withoutCredentials<T>(value: T): T {
  return cleaned(value, new Set()) as T
}

function cleaned(value: unknown, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return cleanText(value)
  // A circle and objects with a form of their own (typed arrays, dates) are the caller's affair.
  if (typeof value !== 'object' || value === null || above.has(value)) return value
  const inside = new Set(above).add(value)
  if (Array.isArray(value)) return value.map((each: unknown) => cleaned(each, inside))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => !(typeof each === 'string' && isSecretName(key)))
      .map(([key, each]) => [key, cleaned(each, inside)]),
  )
}

function cleanText(text: string): string {
  let result = text
  if (text.includes('@')) {
    result = result
      .replace(spacedUserinfo, '$1')
      .replace(address, withoutUserinfo)
      .replace(bareUserinfo, '')
  }
  if (text.includes('=')) result = result.replace(secretParameter, '$1***')
  for (const name of secretVariables) {
    const secret = process.env[name]
    // A short one is a word that means something else too.
    if (secret !== undefined && secret.length >= 8) result = result.replaceAll(secret, '***')
  }
  return result
}

/** An address that cannot be read as one may hold an `@`, `/` or `#` in its password: up to the last `@` it goes. */
function withoutUserinfo(text: string): string {
  const start = text.indexOf('://') + 3
  const end = URL.canParse(text)
    ? text.lastIndexOf('@', start + text.slice(start).search(/[/?#]|$/))
    : text.lastIndexOf('@')
  return end < start ? text : text.slice(0, start) + text.slice(end + 1)
}
