import type { WebhookLog } from '../src/inbox/answer-webhook.ts'
import { describeError } from '../src/telemetry/describe-error.ts'
import { maskText } from '../src/telemetry/mask.ts'

/** One JSON object a line for what went wrong, masked as the server's log is; what went well is not told. */
export function openStderrLog(): WebhookLog {
  return {
    info: () => {},
    error: ({ error, ...fields }: { error?: unknown }, message) => {
      const line = JSON.stringify({
        timestamp: new Date().toISOString(),
        level: 'error',
        ...fields,
        ...(error !== undefined && { error: describeError(error, { withStack: true }) }),
        message,
      })
      console.error(maskText(line))
    },
  }
}
