/** What the two phases of a bare payment write. */
export type BareIntent = {
  id: string
  attempt: string
  key: string
  /** SHA-256 of the request, hexadecimal */
  fingerprint: string
  user: string
  amount: number
  currency: string
  /** what the provider is asked */
  request: string
  payload: object
}
export type BareOutcome = {
  id: string
  attempt: string
  key: string
  entry: string
  amount: number
  currency: string
  reference: string
  charge: string
  answer: string
  payload: object
}
