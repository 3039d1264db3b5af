/** The earliest of the provider's times that are known, in seconds. */
export function leastOf(seconds: (number | undefined)[]): number | undefined {
  const known = seconds.filter((second) => second !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
