/** Idempotency keys: under which name a merchant asked for what, and what the final answer was. */
import type { Queryable, Transaction } from './db.ts'
import type { Scope } from './list-page.ts'
import { rowsParameter } from './rows-parameter.ts'

export type IdempotencyKeyRow = {
  key: string
  fingerprint: Buffer
  operationId: string
  paymentId: string
  /** null: the outcome is not known yet */
  status: number | null
  contentType: string | null
  /** null: not known yet, or erased */
  body: Buffer | null
  /** it became known within the last day, so that its erasure is far away */
  isRecent: boolean | null
}

export type SettledAnswer = {
  operationId: string
  status: number
  contentType: string
  body: string
}

export type NewIdempotencyKey = Scope &
  Pick<IdempotencyKeyRow, 'key' | 'fingerprint' | 'operationId' | 'paymentId'>

/** @returns for each row whether it was written; false: the key is there already */
export async function createIdempotencyKeys(
  tx: Transaction,
  rows: NewIdempotencyKey[],
): Promise<boolean[]> {
  if (rows.length === 0) return []
  const answer = await tx.query<{ ordinal: number }>({
    name: 'idempotency_keys_create',
    // In the order of the keys, everywhere: two transactions never wait for each other.
    text: `with given as (
        select * from json_to_recordset($1) as r(ordinal integer, "merchantId" text, livemode boolean, key text,
          fingerprint text, "operationId" text, "paymentId" text)),
      created as (
        insert into idempotency_keys (merchant_id, livemode, key, fingerprint, operation_id, payment_id, created_at)
        select "merchantId", livemode, key, decode(fingerprint, 'hex'), "operationId", "paymentId", payonce_clock()
        from given order by "merchantId", livemode, key
        on conflict do nothing
        returning merchant_id, livemode, key, payment_id)
      select g.ordinal from given g join created c on (c.merchant_id, c.livemode, c.key, c.payment_id)
        = (g."merchantId", g.livemode, g.key, g."paymentId")`,
    values: [
      rowsParameter(
        rows.map(({ fingerprint, merchantId, livemode, key, operationId, paymentId }, ordinal) => ({
          ...{ ordinal, merchantId, livemode, key, operationId, paymentId },
          fingerprint: fingerprint.toString('hex'),
        })),
      ),
    ],
  })
  const created = new Set(answer.rows.map(({ ordinal }) => ordinal))
  return rows.map((_, ordinal) => created.has(ordinal))
}

export async function findIdempotencyKey(
  database: Queryable,
  scope: Scope,
  key: string,
): Promise<IdempotencyKeyRow | undefined> {
  const { rows } = await database.query<IdempotencyKeyRow>({
    name: 'idempotency_keys_find',
    text: `select key, fingerprint, operation_id as "operationId", payment_id as "paymentId", status,
        content_type as "contentType", body, settled_at > payonce_clock() - interval '1 day' as "isRecent"
      from idempotency_keys where merchant_id = $1 and livemode = $2 and key = $3`,
    values: [scope.merchantId, scope.livemode, key],
  })
  return rows[0]
}

/** Writes final answers; a key that has one keeps it. */
export async function settleIdempotencyKeys(
  tx: Transaction,
  answers: SettledAnswer[],
  at: Date,
): Promise<void> {
  if (answers.length === 0) return
  await tx.query({
    name: 'idempotency_keys_settle',
    text: `update idempotency_keys k set status = a.status, content_type = a."contentType",
        body = convert_to(a.body, 'UTF8'), settled_at = $2
      from json_to_recordset($1) as a("operationId" text, status smallint, "contentType" text, body text)
      -- Said twice, so that only the index can find them: the join alone may read every key there is.
      where k.operation_id = any($3::text[]) and k.operation_id = a."operationId" and k.status is null`,
    values: [rowsParameter(answers), at, answers.map(({ operationId }) => operationId)],
  })
}

/**
 * Erases answers older than `days`; the key stays for good, with what it made.
 * @returns how many were erased
 */
export async function eraseIdempotencyBodies(
  database: Queryable,
  options: { days: number; countMax: number },
): Promise<number> {
  const answer = await database.query({
    name: 'idempotency_keys_erase',
    text: `with due as (
        select merchant_id, livemode, key from idempotency_keys
        where body is not null and settled_at < payonce_clock() - make_interval(days => $1)
        order by settled_at limit $2 for update skip locked)
      update idempotency_keys k set body = null from due
      where (k.merchant_id, k.livemode, k.key) = (due.merchant_id, due.livemode, due.key)`,
    values: [options.days, options.countMax],
  })
  return answer.count
}
