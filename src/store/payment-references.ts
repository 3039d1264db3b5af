/** What providers call a payment and what hangs on it. */
import { type ProviderObjectKind, providerObjectKinds } from '../domain/provider-event.ts'
import type { Queryable } from './db.ts'
import type { Scope } from './list-page.ts'

/** The payment or payout that a provider's reference (an intent, a charge, a refund …) belongs to. */
export async function findSubjectId(
  database: Queryable,
  scope: Scope,
  reference: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ subjectId: string }>({
    name: 'provider_objects_find_subject',
    text: `select o.subject_id as "subjectId" from provider_accounts a join provider_objects o
        on o.provider_account_id = a.id and o.kind = any($3::text[]) and o.reference = $4
      where a.merchant_id = $1 and o.merchant_id = $1 and o.livemode = $2 and o.subject_id is not null limit 1`,
    values: [scope.merchantId, scope.livemode, [...providerObjectKinds], reference],
  })
  return rows[0]?.subjectId
}

/** Which payments have these references of merchants. */
export async function listReferenceOwners(
  database: Queryable,
  wanted: { merchantId: string; livemode: boolean; reference: string }[],
): Promise<{ id: string; merchantId: string; livemode: boolean; reference: string }[]> {
  const { rows } = await database.query<{
    id: string
    merchantId: string
    livemode: boolean
    reference: string
  }>({
    name: 'payments_reference_owners',
    text: `select p.id, p.merchant_id as "merchantId", p.livemode, p.reference from payments p
      join unnest($1::text[], $2::boolean[], $3::text[]) as w(merchant_id, livemode, reference)
        on (p.merchant_id, p.livemode, p.reference) = (w.merchant_id, w.livemode, w.reference)`,
    values: [
      wanted.map((one) => one.merchantId),
      wanted.map((one) => one.livemode),
      wanted.map((one) => one.reference),
    ],
  })
  return rows
}

/** References of one kind that belong to a payment, in the order of their names. */
export async function listReferences(
  database: Queryable,
  scope: Scope,
  owner: { subjectId: string; kind: ProviderObjectKind },
): Promise<string[]> {
  const { rows } = await database.query<{ reference: string }>({
    name: 'provider_objects_references',
    text: `select reference from provider_objects
      where subject_id = $3 and kind = $4 and merchant_id = $1 and livemode = $2 order by reference limit 100`,
    values: [scope.merchantId, scope.livemode, owner.subjectId, owner.kind],
  })
  return rows.map((row) => row.reference)
}
