import type { WebhookSender } from '../webhooks/sender.ts'
import { faithful, type WebhookSettings } from '../webhooks/settings.ts'
import { ControlError, type Fields, readFields, readShare } from './read-json.ts'

const DELAY_MS_MAX = 3_600_000

export function setWebhooks(sender: WebhookSender, body: string) {
  const fields = readFields(body, ['duplicate', 'drop', 'delay_ms', 'shuffle'])
  const settings: WebhookSettings = {
    duplicate: readShare(fields, 'duplicate', faithful.duplicate),
    drop: readShare(fields, 'drop', faithful.drop),
    delayMs: readDelay(fields),
    shuffle: readFlag(fields, 'shuffle'),
  }
  sender.settings = settings
  return showWebhooks(sender)
}

export function showWebhooks({ settings, counts, waitingCount }: WebhookSender) {
  const { duplicate, drop, delayMs, shuffle } = settings
  const { givenUp, ...others } = counts
  const shown = { ...others, given_up: givenUp, waiting: waitingCount }
  return { duplicate, drop, delay_ms: delayMs, shuffle, counts: shown }
}

function readDelay(fields: Fields): [number, number] {
  const [least, most] = Array.isArray(fields.delay_ms ?? [])
    ? ((fields.delay_ms ?? [0, 0]) as unknown[])
    : []
  const isInRange = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= DELAY_MS_MAX
  if (isInRange(least) && isInRange(most) && least <= most) return [least, most]
  throw new ControlError('delay_ms', 'delay_ms must be [least, most], two whole numbers of ms.')
}

function readFlag(fields: Fields, field: string): boolean {
  const value = fields[field] ?? false
  if (typeof value === 'boolean') return value
  throw new ControlError(field, `${field} must be true or false.`, ['true', 'false'])
}
