/** The payment turned out to be part of another one, and what was asked of it belongs to that one by now. */
export class MergedPaymentError extends Error {
  override readonly name = 'MergedPaymentError'
  readonly into: string
  constructor(paymentId: string, into: string) {
    super(`payment ${paymentId} is part of ${into}`)
    this.into = into
  }
}
