// Prints `N passed, N failed` of a vitest JSON report.
import { readFileSync } from 'node:fs'

const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
)
console.log(`${numPassedTests} passed, ${numFailedTests || numFailedTestSuites} failed`)
