import type { WebhookPerformance } from './event-handler.ts'

/** Opens an observer that keeps the figures; it can be fed by hand as well. */
export function openWebhookPerformance(): WebhookPerformance {
  let receivedCount = 0
  let processedCount = 0
  let errorCount = 0
  let responseMs = 0
  let processingMs = 0
  const mean = (sum: number, count: number) => (count === 0 ? 0 : sum / count)
  return {
    observer: {
      onEventReceived: ({ durationMs }) => {
        receivedCount++
        responseMs += durationMs
      },
      onEventProcessed: ({ durationMs }) => {
        processedCount++
        processingMs += durationMs
      },
      onError: () => {
        errorCount++
      },
    },
    read: () => {
      const errorRate = mean(errorCount, errorCount + processedCount)
      return {
        eventCount: receivedCount,
        processingTime: mean(processingMs, processedCount),
        errorRate,
        successRate: 1 - errorRate,
        responseTime: mean(responseMs, receivedCount),
      }
    },
  }
}
