import { metadataOf, type StripeObject } from '../stripe-object.ts'

/** Metadata key under which our own requests carry the operation they belong to. */
const operationMetadataKey = 'payonce_operation'

/** The operation of ours that made this object; undefined when somebody else did. */
export function operationOf(object: StripeObject): string | undefined {
  return metadataOf(object)[operationMetadataKey]
}
