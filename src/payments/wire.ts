/**
 * An amount as our JSON carries it: minor units as a number.
 * @throws RangeError beyond 2^53 - 1, where a JSON number would no longer be exact
 */
export function wireAmount(amountMinor: bigint): number {
  const amount = Number(amountMinor)
  if (!Number.isSafeInteger(amount))
    throw new RangeError(`amount ${amountMinor} is beyond 2^53 - 1`)
  return amount
}
