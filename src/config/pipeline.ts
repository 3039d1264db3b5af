import type { Settings } from './settings.ts'

export const webhookModes = ['async', 'inline'] as const
export type WebhookMode = (typeof webhookModes)[number]

/** How a stored webhook is applied: by a worker after the answer, which is the only way there is. */
export function readWebhookMode(settings: Settings): WebhookMode {
  const mode = settings.choice('WEBHOOK_MODE', webhookModes, 'async')
  if (mode === 'inline') {
    settings.report(
      'WEBHOOK_MODE',
      'inline is not available in this release; webhooks are applied by the worker.',
      'Remove it or set async.',
    )
  }
  checkLaterSettings(settings)
  return mode
}

/** Settings of features to come: a misspelt word is told now, not on the day it begins to matter. */
function checkLaterSettings(settings: Settings): void {
  settings.choice('EVENT_BUS', ['postgres', 'kafka', 'rabbitmq'], 'postgres')
  settings.choice('RELAY_SOURCE', ['claims', 'wal'], 'claims')
}
