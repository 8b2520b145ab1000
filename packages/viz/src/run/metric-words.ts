const known: Readonly<Record<string, string>> = {
  loss: 'loss',
  acc: 'accuracy',
  accuracy: 'accuracy',
  cer: 'character error rate',
  lr: 'learning rate',
  momentum: 'momentum',
  'grad/norm': 'gradient norm',
}

/** Takes what metrics of training and validation share: `loss` of `train/loss_step` and of `validation/loss`. */
export function metricBase(name: string): string {
  return name.replace(/^(train|validation)\//, '').replace(/_step$/, '')
}

/** Says a metric in words: `train/loss` is `Training loss`. What isn't known stays as it was logged. */
export function metricWords(name: string): string {
  const [, stage, rest = name] = /^(train|validation|test)\/(.+)$/.exec(name) ?? []
  const ofStep = stage !== undefined && rest.endsWith('_step')
  const base = ofStep ? metricBase(rest) : rest
  const word = known[base] ?? base
  if (stage === undefined) return word === base && known[base] === undefined ? name : upper(word)
  const of = stage === 'train' ? 'Training' : upper(stage)
  return `${of} ${word}${ofStep ? ' of the step' : ''}`
}

/** Says which of the metrics of one chart this is, where the axis says what they are: `Training`, `Validation`. */
export function metricStage(name: string): string {
  if (name.startsWith('train/')) return 'Training'
  return name.startsWith('validation/') ? 'Validation' : metricWords(name)
}

function upper(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
