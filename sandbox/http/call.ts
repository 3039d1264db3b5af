import type { Operation } from '../stripe/operation.ts'
import type { Form } from './form.ts'

/** One call that was understood: what it wants, under which key. */
export type Call = {
  readonly operation: Operation
  readonly id: string
  readonly path: string
  readonly form: Form
  readonly expand: readonly string[]
  readonly key: string | undefined
  readonly fingerprint: string
  readonly requestId: string
  readonly apiVersion: string
}
