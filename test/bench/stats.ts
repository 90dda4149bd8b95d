// Medians and spreads. Pure; used by every section.

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Ratios of runs that were made next to each other, one by one, so that drift of the machine cancels. */
export const pairedRatios = (above: number[], below: number[]): number[] =>
  above.map((value, i) => value / (below[i] ?? Number.NaN))

/** `0.41 (0.38–0.44)`: median, then lowest and highest; `-` when something was not measured. */
export function withSpread(values: number[], decimals: number): string {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return '-'
  const show = (value: number) => value.toFixed(decimals)
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`
}
