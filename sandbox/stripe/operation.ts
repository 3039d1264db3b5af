import type { Params } from '../http/params.ts'
import type { Kind, Records, Version } from '../store/records.ts'
import type { Transaction } from '../store/transaction.ts'
import type { StripeError } from './errors.ts'

/**
 * What a call answers: an object as it is now, a list, or a refusal. An error that is returned keeps what was
 * changed (a declined charge is there); an error that is thrown keeps nothing.
 */
export type Reply =
  | { readonly version: Version }
  | {
      readonly list: readonly Version[]
      readonly hasMore: boolean
      readonly nextPage?: string | null
    }
  | { readonly body: unknown }
  | { readonly error: StripeError }

/**
 * One call of Stripe's API. `read` looks at the parameters alone and refuses what is wrong with them, so that
 * nothing is stored; `run` has the effect, at once.
 */
export type Operation<Input = unknown> = {
  /** `payment_intents.confirm`: the name in faults and in the official SDK */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `:id` stands for an object's id */
  readonly path: string
  read(params: Params, from: Reading): Input
  run(tx: Transaction, input: Input, id: string): Reply
}

/** What the meaning of parameters depends on. */
export type Reading = {
  /** by the test clock */
  readonly thisYear: number
  /** the caller's `Stripe-Version`, or the newest */
  readonly apiVersion: string
}

/** Lets a table hold operations of different inputs; each `run` only ever gets what its own `read` returned. */
export function operation<Input>(one: Operation<Input>): Operation {
  return one as unknown as Operation
}

export function show<K extends Kind>(kind: K, record: Records[K]): Reply {
  return { version: { kind, record } as Version }
}
