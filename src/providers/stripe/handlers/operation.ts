import { metadataOf, type StripeObject } from '../stripe-object.ts'

/** Metadata key under which our own requests carry the operation they belong to. */
export const operationMetadataKey = 'payonce_operation'

/** Metadata key of the merchant's own reference: ours carry it, and so may intents that merchants make themselves. */
export const referenceMetadataKey = 'payonce_reference'
const REFERENCE_LENGTH_MAX = 255

/** The operation of ours that made this object; undefined when somebody else did. */
export function operationOf(object: StripeObject): string | undefined {
  return metadataOf(object)[operationMetadataKey]
}

/** The merchant's own name for what this object is about; undefined when it carries none that could be one. */
export function merchantReferenceOf(object: StripeObject): string | undefined {
  const reference = metadataOf(object)[referenceMetadataKey]
  const isOne =
    reference !== undefined && reference !== '' && reference.length <= REFERENCE_LENGTH_MAX
  return isOne ? reference : undefined
}

/** The merchant's own metadata: what is there to find a payment by stays out of sight. */
export function merchantMetadataOf(object: StripeObject): Record<string, string> {
  const {
    [operationMetadataKey]: _operation,
    [referenceMetadataKey]: _reference,
    ...metadata
  } = metadataOf(object)
  return metadata
}
