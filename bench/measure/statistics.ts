export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Nearest rank; NaN for an empty list. `share` 0.99 is the value 99 % are not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
