import { metadataOf, type StripeObject } from '../stripe-object.ts'

/** Metadata key under which our own requests carry the operation they belong to. */
export const operationMetadataKey = 'payonce_operation'

/** The operation of ours that made this object; undefined when somebody else did. */
export function operationOf(object: StripeObject): string | undefined {
  return metadataOf(object)[operationMetadataKey]
}

/** The merchant's own metadata: what we added to find our way back stays out of sight. */
export function merchantMetadataOf(object: StripeObject): Record<string, string> {
  const { [operationMetadataKey]: _ours, ...metadata } = metadataOf(object)
  return metadata
}
