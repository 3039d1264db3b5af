/** Provider objects: which payment or payout a provider's reference belongs to, and what is known of it. */
import type { ObjectFacts } from '../domain/facts.ts'
import type { ProviderObjectKind } from '../domain/provider-event.ts'
import { constraintOf } from './database-fault.ts'
import type { Transaction } from './db.ts'
import { rowsParameter } from './rows-parameter.ts'

export type ObjectKey = { providerAccountId: string; kind: ProviderObjectKind; reference: string }
export type ProviderObjectRow = ObjectKey & {
  merchantId: string
  livemode: boolean
  /** null: only children have named it so far */
  subjectId: string | null
  facts: ObjectFacts
  /** present on a row that is not in the database yet */
  isNew?: true
}

const columns = `o.provider_account_id as "providerAccountId", o.kind, o.reference, o.merchant_id as "merchantId",
  o.livemode, o.subject_id as "subjectId", o.facts`

/**
 * Locks those of `keys` that exist, in key order, the same everywhere. One look-up a key, which no plan may turn into
 * a walk: it is locked inside the join, so the join cannot be made another way.
 */
export async function lockProviderObjects(
  tx: Transaction,
  keys: ObjectKey[],
): Promise<ProviderObjectRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<ProviderObjectRow>({
    name: 'provider_objects_lock',
    text: lockEach('for update'),
    values: keyParameters(keys),
  })
  return rows
}

/** Locks those of `keys` that nobody else has locked, whatever else is locked already: it never waits. */
export async function lockFreeProviderObjects(
  tx: Transaction,
  keys: ObjectKey[],
): Promise<ProviderObjectRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<ProviderObjectRow>({
    name: 'provider_objects_lock_free',
    text: lockEach('for update skip locked'),
    values: keyParameters(keys),
  })
  return rows
}

const lockEach = (locking: string) => `select found.* from (
    select k.account collate "C", k.kind, k.reference collate "C" from unnest($1::text[], $2::text[], $3::text[])
      as k(account, kind, reference) order by 1, 2, 3) as key(account, kind, reference)
  cross join lateral (
    select ${columns} from provider_objects o
    where o.provider_account_id = key.account and o.kind = key.kind and o.reference = key.reference ${locking}) found`

function keyParameters(keys: ObjectKey[]): string[][] {
  return [
    keys.map((key) => key.providerAccountId),
    keys.map((key) => key.kind),
    keys.map((key) => key.reference),
  ]
}

/** Locks everything known of payments that may turn out to be one, in key order. */
export async function lockObjectsOfSubjects(
  tx: Transaction,
  subjectIds: string[],
): Promise<ProviderObjectRow[]> {
  const { rows } = await tx.query<ProviderObjectRow>({
    name: 'provider_objects_lock_of_subjects',
    text: `select ${columns} from provider_objects o where o.subject_id = any($1::text[])
      order by o.provider_account_id, o.kind, o.reference for update`,
    values: [subjectIds],
  })
  return rows
}

/** Everything known of these payments and payouts. Their own rows must be locked already. */
export async function listObjectsOfSubjects(
  tx: Transaction,
  subjectIds: string[],
): Promise<ProviderObjectRow[]> {
  const { rows } = await tx.query<ProviderObjectRow>({
    name: 'provider_objects_of_subjects',
    text: `select ${columns} from provider_objects o where o.subject_id = any($1::text[])`,
    values: [subjectIds],
  })
  return rows
}

/**
 * Inserts rows nobody had when this transaction looked. When another transaction was first, the statement fails
 * (`isReferenceTaken`), and with it everything that was sent behind it.
 */
export async function createProviderObjects(
  tx: Transaction,
  rows: ProviderObjectRow[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'provider_objects_create',
    text: `insert into provider_objects (provider_account_id, kind, reference, merchant_id, livemode, subject_id, facts)
      select "providerAccountId", kind, reference, "merchantId", livemode, "subjectId", facts
      from json_to_recordset($1) as r("providerAccountId" text, kind text, reference text, "merchantId" text,
        livemode boolean, "subjectId" text, facts jsonb)
      order by 1, 2, 3`,
    values: [rowsParameter(rows)],
  })
}

export function isReferenceTaken(error: unknown): boolean {
  return constraintOf(error) === 'provider_objects_pkey'
}

/**
 * Writes what is now known of rows that exist. It is put as an insertion that always meets its row: that one looks each
 * key up in the index, where the plan of a joined update may turn into a walk over all there are.
 */
export async function updateProviderObjects(
  tx: Transaction,
  rows: ProviderObjectRow[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'provider_objects_update',
    text: `insert into provider_objects (provider_account_id, kind, reference, merchant_id, livemode, subject_id, facts)
      select "providerAccountId", kind, reference, "merchantId", livemode, "subjectId", facts
      from json_to_recordset($1) as r("providerAccountId" text, kind text, reference text, "merchantId" text,
        livemode boolean, "subjectId" text, facts jsonb)
      order by 1, 2, 3
      on conflict (provider_account_id, kind, reference)
        do update set subject_id = excluded.subject_id, facts = excluded.facts`,
    values: [rowsParameter(rows)],
  })
}

/**
 * From now on whatever carries one of these operations belongs to its payment. Children that came first, as after a
 * restore, waited under the operation and become work again.
 */
export async function claimOperationReferences(
  tx: Transaction,
  rows: (ProviderObjectRow & { subjectId: string })[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'provider_objects_claim_operations',
    text: `with claimed as (
        insert into provider_objects (provider_account_id, kind, reference, merchant_id, livemode, subject_id, facts)
        select "providerAccountId", kind, reference, "merchantId", livemode, "subjectId", facts
        from json_to_recordset($1) as r("providerAccountId" text, kind text, reference text, "merchantId" text,
          livemode boolean, "subjectId" text, facts jsonb)
        order by 1, 2, 3
        on conflict (provider_account_id, kind, reference) do update set subject_id = excluded.subject_id
          where provider_objects.subject_id is null
        returning provider_account_id, kind, reference),
      unparked as (
        delete from inbox_parked w using claimed c
        where w.provider_account_id = c.provider_account_id and w.kind = c.kind and w.reference = c.reference
        returning w.inbox_event_id)
      insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
      select e.id, e.received_at, e.lane, payonce_clock() from inbox_events e
      where e.id in (select inbox_event_id from unparked)
      on conflict do nothing`,
    values: [rowsParameter(rows)],
  })
}
