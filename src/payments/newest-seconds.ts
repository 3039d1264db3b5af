import type { ProviderObject } from '../domain/provider-object.ts'

/** The newest fact known of a payment, in seconds of the provider's clock. */
export function newestSeconds(objects: Pick<ProviderObject, 'facts'>[]): number {
  return objects
    .flatMap(({ facts }) => facts.writes)
    .reduce((newest, { version }) => Math.max(newest, version.atSeconds), 0)
}
