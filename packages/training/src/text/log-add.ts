/** log(exp(a) + exp(b)), without leaving the logarithm. */
export function logAdd(a: number, b: number): number {
  const more = a < b ? b : a
  const less = a < b ? a : b
  return less === -Infinity ? more : more + Math.log1p(Math.exp(less - more))
}
