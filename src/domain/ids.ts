/**
 * Ids: a prefix that says what the thing is, then 26 characters that sort by time of creation.
 * The characters are those of a ULID in lower case (Crockford's base 32): 48 bits of milliseconds, 80 of chance.
 */
export const idPrefixes = {
  payment: 'pay',
  refund: 're',
  dispute: 'dp',
  payout: 'po',
  inboxEvent: 'pev',
  event: 'evt',
  merchant: 'mer',
  providerAccount: 'pac',
  apiKey: 'key',
  journalEntry: 'je',
  ledgerAccount: 'acc',
  workerBatch: 'bat',
  collision: 'col',
  replay: 'rpl',
  auditEntry: 'aud',
  paymentAttempt: 'pat',
  idempotencyKey: 'idk',
} as const

export type IdKind = keyof typeof idPrefixes
export type Id<Kind extends IdKind> = `${(typeof idPrefixes)[Kind]}_${string}`
export type PaymentId = Id<'payment'>
export type MerchantId = Id<'merchant'>
export type ProviderAccountId = Id<'providerAccount'>
export type InboxEventId = Id<'inboxEvent'>

/** Makes ids; opened once per process with its clock and its source of chance. */
export type NewId = <Kind extends IdKind>(kind: Kind) => Id<Kind>

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const RANDOM_BYTES = 10

/** @param randomBytes returns at least 10 fresh random bytes @param nowMs milliseconds since 1970 */
export function encodeId<Kind extends IdKind>(
  kind: Kind,
  nowMs: number,
  randomBytes: Uint8Array,
): Id<Kind> {
  let time = ''
  for (let rest = nowMs, index = 0; index < 10; index++) {
    time = alphabet.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  let chance = ''
  let bits = 0
  let held = 0
  for (let index = 0; index < RANDOM_BYTES; index++) {
    held = (held << 8) | (randomBytes[index] ?? 0)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      chance += alphabet.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return `${idPrefixes[kind]}_${time}${chance}`
}

/** No id of this kind made at or after this moment sorts before it. */
export function lowestIdAt<Kind extends IdKind>(kind: Kind, nowMs: number): Id<Kind> {
  return encodeId(kind, nowMs, new Uint8Array(RANDOM_BYTES))
}

/** The moment an id was made, by the clock of whoever made it. */
export function timeOfId(id: Id<IdKind>): number {
  const time = id.slice(id.indexOf('_') + 1).slice(0, 10)
  return [...time].reduce((sum, character) => sum * 32 + alphabet.indexOf(character), 0)
}

/** Whether `text` has the shape of an id of this kind; says nothing about its existence. */
export function isId<Kind extends IdKind>(kind: Kind, text: string): text is Id<Kind> {
  return new RegExp(`^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{26}$`).test(text)
}
