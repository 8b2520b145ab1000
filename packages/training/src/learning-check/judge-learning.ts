import { canJudge, isAtChance, tellsApart, type ClassScores } from './class-scores.js'
import type { DeadLayer } from './dead-units.js'
import type { LearningFinding, LearningFindingCode } from './learning-finding.js'
import type { LossChange, LossTrend } from './loss-trend.js'

/** What the last validation read in its first lines. */
export interface ReadingScores {
  lines: number
  /** What was read in every line; null where readings differ. */
  onlyReading: string | null
  /** Character error rate. */
  cer: number | null
  /** Accuracy, and that of a network that says `<P>` everywhere; null where padding doesn't count. */
  padding: { accuracy: number; baseline: number } | null
}

/** What a fit has shown of its learning. */
export interface LearningEvidence {
  loss: LossTrend
  /** The optimizer's name, and the largest learning rate that it used. */
  rate: { optimizer: string; lr: number } | null
  /** Of the last validation. */
  classes: ClassScores | null
  readings: ReadingScores | null
  /** Names of the classes, where they are known. */
  mapping: readonly string[] | null
  deadest: DeadLayer | undefined
  /** Whether the module steps its optimizers itself: its losses may work against each other. */
  manual: boolean
}

/** Batches after which a network that learns tells some classes apart; fewer show a learning rate that is far off. */
const enough = { usually: 100, withFarRate: 16 }

/** Says what shows that a fit didn't learn, the gravest first; nothing of one that learned, or was too short to judge. */
export function judgeLearning(evidence: LearningEvidence): LearningFinding[] {
  const { loss, manual } = evidence
  if (manual) return loss.exploded(1e4) ? [lossRose(evidence, loss.change())] : []
  const learned = hasLearned(evidence)
  const hasNot = learned === false && seenEnough(evidence)
  const change = loss.change(learned === true ? 'learned' : hasNot ? 'not learned' : undefined)
  const { direction } = change
  const found: LearningFinding[] = []
  if (direction === 'rose') found.push(lossRose(evidence, change))
  else if (direction === 'flat' && learned !== true) {
    found.push(...lossFlat(evidence, change, learned))
  }
  const judged = seenEnough(evidence) || direction === 'rose'
  if (judged) found.push(...ofClasses(evidence), ...ofReadings(evidence))
  const { deadest } = evidence
  // Most units may be dead in a network that learns all the same: by itself only a layer without any is a sign.
  if (deadest && judged && deadest.share >= (found.length > 0 ? 0.5 : 0.95)) {
    found.push(deadUnits(evidence, deadest))
  }
  return found
}

/** Whether the last validation shows that the model tells things apart; undefined where it can't show that. */
function hasLearned({ classes, readings }: LearningEvidence): boolean | undefined {
  if (classes && canJudge(classes)) return tellsApart(classes)
  if (readings?.cer != null) return readings.cer < 0.7
  return undefined
}

function lossRose(evidence: LearningEvidence, { from, to, peak }: LossChange): LearningFinding {
  const ended = peak === undefined ? '' : `, and ended at ${shown(to)}`
  return finding(
    'LOSS_ROSE',
    `The training loss rose from ${shown(from)} to ${shown(peak ?? to)}${ended}.`,
    tooLarge(evidence) ?? smallerRate(evidence),
  )
}

/** A loss that stays where it was is a sign only with a reason: a rate far too small, or classes not told apart. */
function lossFlat(
  evidence: LearningEvidence,
  { from, to }: LossChange,
  learned: boolean | undefined,
): LearningFinding[] {
  if (!seenEnough(evidence)) return []
  if (learned === undefined && !(timesUsual(evidence) <= 1 / 1000)) return []
  const message = `The training loss hardly moved: from ${shown(from)} to ${shown(to)}.`
  return [finding('LOSS_FLAT', message, unusualRate(evidence) ?? otherLabels)]
}

function ofClasses(evidence: LearningEvidence): LearningFinding[] {
  const { classes, mapping, loss } = evidence
  if (!classes || !canJudge(classes)) return []
  const { samples, right, commonest, onlyPrediction } = classes
  const accuracy = percent(right / samples)
  const rate = unusualRate(evidence)
  if (onlyPrediction !== null) {
    const name = mapping?.[onlyPrediction] ?? String(onlyPrediction)
    return [
      finding(
        'ONE_CLASS',
        `One class, "${name}", is predicted for all ${samples.toLocaleString('en-US')} validation samples (accuracy ${accuracy}).`,
        rate ??
          'If most samples are of that class, weight the classes by classWeights; else look whether the labels ' +
            'belong to the images (ductus viz data), and try a tenth of the learning rate.',
      ),
    ]
  }
  if (!isAtChance(classes)) return []
  const { direction, from, to } = loss.change()
  const byHeart = direction === 'fell' && to < from / 2
  return [
    finding(
      'AT_CHANCE',
      `Validation accuracy, ${accuracy}, is not above the share of the commonest class, ${percent(commonest / samples)}.`,
      byHeart ? learnedByHeart : (rate ?? otherLabels),
    ),
  ]
}

function ofReadings(evidence: LearningEvidence): LearningFinding[] {
  const { readings } = evidence
  if (!readings) return []
  const { lines, onlyReading, padding } = readings
  const longer =
    'A network for lines needs many steps before it reads anything: train longer, then try another learning rate ' +
    '(findLearningRate or ductus lr-find). Look whether the texts belong to the lines: ductus viz data.'
  const tryNext = unusualRate(evidence) ?? longer
  if (onlyReading !== null) {
    const what = onlyReading === '' ? 'Nothing is read' : `The same text, "${onlyReading}", is read`
    return [
      finding('ONE_READING', `${what} in each of the first ${lines} validation lines.`, tryNext),
    ]
  }
  if (!padding || padding.accuracy > padding.baseline) return []
  const [accuracy, baseline] = [percent(padding.accuracy), percent(padding.baseline)]
  const message = `Validation accuracy, ${accuracy}, is not above that of a network that says <P> everywhere, ${baseline}.`
  return [finding('AT_CHANCE', message, tryNext)]
}

function deadUnits(evidence: LearningEvidence, { layer, share, samples }: DeadLayer) {
  return finding(
    'DEAD_UNITS',
    `${percent(share)} of the ReLU units of layer "${layer}" are dead: 0 for each of ${samples} training samples.`,
    tooLarge(evidence) ??
      'Dead units get no gradients. Try a smaller learning rate, batch norm, or a warm-up of the learning rate.',
  )
}

const otherLabels =
  'The labels may not belong to the images: look at some with ductus viz data. If they do, train longer, or look for ' +
  'a better learning rate with findLearningRate or ductus lr-find.'

const learnedByHeart =
  'The training loss fell, so the model learns its samples by heart, or the labels of training or validation do not ' +
  'belong to their images: look at some with ductus viz data. If they do, give more data, augmentation or dropout.'

/** Says that the rate is likely too large, and which to try; undefined for a rate that is usual. */
function tooLarge(evidence: LearningEvidence): string | undefined {
  return timesUsual(evidence) > 5 ? insteadTry('large', evidence) : undefined
}

/** Says that the rate is likely too large or too small, and which to try; undefined for a rate that is usual. */
function unusualRate(evidence: LearningEvidence): string | undefined {
  return timesUsual(evidence) < 1 / 30 ? insteadTry('small', evidence) : tooLarge(evidence)
}

function seenEnough(evidence: LearningEvidence): boolean {
  const times = timesUsual(evidence)
  const isFar = times <= 1 / 1000 || times >= 1000
  return evidence.loss.count >= (isFar ? enough.withFarRate : enough.usually)
}

/** The learning rate by one that most networks learn with; NaN where it is not known. */
function timesUsual({ rate }: LearningEvidence): number {
  return rate ? rate.lr / usualRate(rate.optimizer) : NaN
}

function insteadTry(fault: 'large' | 'small', { rate }: LearningEvidence): string {
  const usual = rateText(usualRate(rate!.optimizer))
  return (
    `The learning rate, ${rateText(rate!.lr)}, is likely too ${fault}: try lr ${usual} (ductus fit --lr ${usual}), ` +
    'or look for one with findLearningRate or ductus lr-find.'
  )
}

function smallerRate({ rate }: LearningEvidence): string {
  const lower = rate
    ? `a tenth of the learning rate, lr ${rateText(rate.lr / 10)}`
    : 'a tenth of the learning rate'
  return `Try ${lower}, or clip the gradients (gradientClip, ductus fit --gradient-clip-val 1).`
}

/** A learning rate that most networks learn with. */
function usualRate(optimizer: string): number {
  return optimizer === 'SGD' ? 0.1 : optimizer === 'Adagrad' ? 0.01 : 0.001
}

function finding(code: LearningFindingCode, message: string, tryNext: string): LearningFinding {
  return { code, message, tryNext }
}

function rateText(lr: number): string {
  return String(Number(lr.toPrecision(3)))
}

function shown(loss: number): string {
  const size = Math.abs(loss)
  if (size >= 1e5 || (size < 1e-3 && size > 0)) return loss.toExponential(1).replace('e+', 'e')
  return String(Number(loss.toPrecision(4)))
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
