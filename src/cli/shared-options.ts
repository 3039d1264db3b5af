/** Options that several commands share, each declared once. */
import type { Options } from './frame/command.ts'

export const databaseOptions = {
  'database-url': {
    summary: 'PostgreSQL to use',
    value: '<url>',
    setting: 'DATABASE_URL',
  },
  'data-dir': {
    summary: 'folder of the embedded database',
    value: '<folder>',
    setting: 'PAYONCE_DATA_DIR',
  },
} as const satisfies Options

/** Whose rows a command reads. */
export const scopeOptions = {
  merchant: {
    summary: 'merchant, by id or name; needed only when there are several',
    value: '<merchant>',
  },
  live: { summary: 'live mode' },
  test: {
    summary:
      'test mode; without either, the mode of STRIPE_SECRET_KEY, else the one that has payments, else test',
  },
  ...databaseOptions,
} as const satisfies Options

export const pageOptions = {
  limit: { summary: 'how many at most, 1 to 1000', value: '<count>', fallback: '20' },
  before: { summary: 'those older than this id, for the next page', value: '<id>' },
} as const satisfies Options

export const timeOptions = {
  from: {
    summary:
      'at or after: 2026-01-31 (from its beginning in UTC), 2026-01-31T08:00:00Z, or an age such as 90m, 12h, 7d',
    value: '<time>',
  },
  to: { summary: 'before, written the same way', value: '<time>' },
} as const satisfies Options

/** Where the running instance answers. */
export const instanceOptions = {
  endpoint: {
    summary:
      'address of the running instance; with a path, exactly where to deliver (default: the instance of this data folder, else HOST and PORT)',
    value: '<url>',
  },
  secret: {
    summary: 'signing secret (default: that of the instance)',
    value: '<whsec_...>',
    setting: 'STRIPE_WEBHOOK_SECRET',
  },
  ...databaseOptions,
} as const satisfies Options
