import type { AttemptStep } from '../domain/attempt.ts'
import type { Asked } from '../providers/provider.ts'
import type { Transaction } from '../store/db.ts'
import { findAccountOfMerchant } from '../store/provider-accounts.ts'
import type { PaymentRow } from '../store/rows.ts'

/** What a request comes to, decided under the payment's lock. */
export type Plan =
  | {
      outcome: 'attempt'
      step: AttemptStep
      payment: PaymentRow
      /** what it was until now, locked; undefined: it is new */
      before: PaymentRow | undefined
      asked: Omit<Asked, 'operationId'>
      /** what is asked for, named by the merchant or not */
      amountMinor: bigint
      confirms: boolean
      knownAtSeconds: bigint
    }
  /** an earlier request made it already */
  | {
      outcome: 'exists'
      payment: PaymentRow
      /** what it was before it learned whose it is; locked */
      before?: PaymentRow
    }

/** What a plan is made from. Requests that share the transaction share what they read alike. */
export type PlanReads = {
  tx: Transaction
  /** the transaction's time */
  at: Date
  /** it is shared with requests of others, who would wait with a plan that waits for a payment */
  isShared: boolean
  accountOf: (wanted: AccountWanted) => ReturnType<typeof findAccountOfMerchant>
}
type AccountWanted = Parameters<typeof findAccountOfMerchant>[1]

/** @throws DomainError when a rule forbids what was asked for */
export type MakePlan = (reads: PlanReads) => Promise<Plan>

/** The plan has to lock a payment that is there; it is made again in a transaction of its own. */
export class WaitsForPaymentError extends Error {
  override readonly name = 'WaitsForPaymentError'
}

export function openPlanReads(tx: Transaction, at: Date, isShared: boolean): PlanReads {
  const accounts = new Map<string, ReturnType<typeof findAccountOfMerchant>>()
  return {
    ...{ tx, at, isShared },
    accountOf: (wanted) => {
      const name = [wanted.merchantId, wanted.livemode, wanted.provider, wanted.isSandbox].join(' ')
      const found = accounts.get(name) ?? findAccountOfMerchant(tx, wanted)
      accounts.set(name, found)
      return found
    },
  }
}
