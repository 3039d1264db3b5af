/** The pages of the reference that are written from the code's own declarations. */
import { listCommands } from '../../src/cli/payonce.ts'
import { listSettings } from '../../src/config/config.ts'
import { settingDescriptions } from '../../src/config/setting-descriptions.ts'
import { type ErrorCode, errorCatalogue } from '../../src/domain/errors.ts'
import { errorCodeAsMarkdown } from '../../src/http/describe-error-code.ts'
import { exampleOf, type Schema } from '../../src/http/openapi-examples.ts'
import { disputeSchema, payoutSchema, refundSchema } from '../../src/http/schema/movements.ts'
import { paymentSchema } from '../../src/http/schema/payment.ts'
import { type EventType, eventTypes } from '../../src/payments/event-types.ts'
import { eventVersion } from '../../src/payments/record-change.ts'
import { stripeEventTypes } from '../../src/providers/stripe/event-types.ts'
import { labelMeanings, promisedMetrics } from '../../src/telemetry/label-meanings.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { renderCommandLine } from './render-command-line.ts'

const written = (source: string) =>
  `This page is written from ${source} by \`UPDATE_DOCS=1 node --test test/docs.test.ts\`.`

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const code = (text: string) => `\`${text}\``

function renderErrors(): string {
  const sections = (Object.keys(errorCatalogue) as ErrorCode[]).map(errorCodeAsMarkdown)
  return `# Error codes

Every error is answered as \`application/problem+json\` (RFC 9457) with one of these codes. \`type\` is the address of the
code's page on the instance that answered, \`/docs/errors/<code>\`; \`request_id\` finds its lines in the log. Ask that
address for \`application/json\` or \`text/markdown\` to have it as data.

${written('`src/domain/error-catalogue.ts`')}

${sections.join('\n')}`
}

const objects: Record<string, { path: string; schema: Schema }> = {
  payment: { path: '/payments/{id}', schema: paymentSchema },
  refund: { path: '/refunds/{id}', schema: refundSchema },
  dispute: { path: '/disputes/{id}', schema: disputeSchema },
  payout: { path: '/payouts/{id}', schema: payoutSchema },
}

function renderEvents(): string {
  const types = Object.entries(eventTypes)
  const sections = Object.entries(objects).map(([name, { path, schema }]) => {
    const own = types.filter(([type]) => type.startsWith(`${name}.`))
    const [type = ''] = own.at(-1) ?? []
    const data = exampleOf(schema)
    const example = { type: type as EventType, timestamp: '2026-11-21T10:00:00.000Z', data }
    return `## ${name}

\`data\` is the ${name} as \`GET ${path}\` shows it after the change.

${table(
  ['Type', 'Means'],
  own.map(([one, meaning]) => [code(one), meaning]),
)}

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`
`
  })
  return `# Events

Each change a merchant would see writes one event, in the transaction of the change, with the next sequence number of its
object. An event never changes. It is rendered when it is written, in version \`${eventVersion}\`, and waits in the outbox;
\`GET /payments/{id}/timeline\` shows those of a payment.

${written('`src/payments/event-types.ts` and the schemas of `src/http/schema/`')}

${sections.join('\n')}
## Events of providers

Stripe's events of these types change something; any other is kept, and ignored with a reason.

${stripeEventTypes.map((type) => `- \`${type}\``).join('\n')}
`
}

function renderConfiguration(): string {
  const rows = listSettings().map(({ variable, form, fallback }) => {
    const described = settingDescriptions[variable]
    if (described === undefined) throw new Error(`${variable} has no description`)
    const known = fallback ?? described.fallback
    return [
      code(variable),
      described.is,
      form,
      known === undefined ? '' : fallback === undefined ? known : code(known),
      described.unit ?? '',
    ]
  })
  return `# Configuration

Environment variables; in development a \`.env\` file completes them. A blank variable counts as unset. What is wrong stops
the start with one message that lists every problem.

${written('how `src/config/` reads them')}

${table(['Variable', 'Is', 'Form', 'Default', 'Unit'], rows)}
`
}

function renderMetrics(): string {
  using metrics = createMetrics({ version: '0', environment: 'test', knownTypes: new Set() })
  const described = metrics.describe()
  const rows = described.map(({ name, type, help, labels }) => [
    code(name),
    type,
    labels.map(code).join(', '),
    help,
  ])
  const used = [...new Set(described.flatMap(({ labels }) => labels))].toSorted()
  const meanings = used.map((label) => {
    const meaning = labelMeanings[label]
    if (meaning === undefined) throw new Error(`the label ${label} has no meaning`)
    return [code(label), meaning]
  })
  const names = new Set(described.map(({ name }) => name))
  const missing = promisedMetrics.filter((name) => !names.has(name))
  return `# Metrics

\`GET /metrics\` serves them in the text format of Prometheus, without a key. Besides these there are the usual
\`process_…\` and \`nodejs_…\`. A histogram has \`_bucket\`, \`_sum\` and \`_count\`. Depths that cannot be read are left out
rather than shown as 0.

${written('the series `src/telemetry/` registers')}

${table(['Name', 'Type', 'Labels', 'Tells'], rows)}

## Labels

${table(['Label', 'Is'], meanings)}

## Not there yet

${
  missing.length === 0
    ? 'Every promised name is there.'
    : `Promised for features to come:\n\n${missing.map((name) => `- \`${name}\``).join('\n')}`
}
`
}

/** By the path of the page. */
export const referencePages: Record<string, () => string> = {
  'docs/reference/errors.md': renderErrors,
  'docs/reference/events.md': renderEvents,
  'docs/reference/configuration.md': renderConfiguration,
  'docs/reference/metrics.md': renderMetrics,
  'docs/reference/command-line.md': () => renderCommandLine(listCommands(async () => 0)),
}
