import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { WebhookMetrics } from '../../handlers/event-handler.ts'
import { query } from '../schema/common.ts'

const figure = (description: string) => Type.Number({ description })

/** `GET /webhook-metrics`: how webhooks fare in this process since its start. */
export function webhookMetricsRoute(read: () => WebhookMetrics) {
  return async (instance: FastifyInstance): Promise<void> => {
    instance.withTypeProvider<TypeBoxTypeProvider>().get(
      '/webhook-metrics',
      {
        schema: {
          summary: 'How webhooks fare in the process that answers, since its start',
          tags: ['Provider events'],
          querystring: query({}),
          response: {
            200: Type.Object({
              eventCount: figure('webhooks acknowledged, repeats included'),
              processingTime: figure('mean milliseconds from arrival until applied'),
              errorRate: figure('share of outcomes that were errors, 0 to 1'),
              successRate: figure('the other outcomes, 0 to 1'),
              responseTime: figure('mean milliseconds until the provider had its answer'),
            }),
          },
        },
      },
      async () => read(),
    )
  }
}
