import type { CaseTable } from './case.js'
import { dataCases } from './data-cases.js'
import { elementCases } from './element-cases.js'
import { layerCases } from './layer-cases.js'
import { windowCases } from './window-cases.js'

/** All cases of kernels that are compared with `cpu`, by name. */
export const kernelCases: CaseTable = {
  ...windowCases,
  ...layerCases,
  ...dataCases,
  ...elementCases,
}
