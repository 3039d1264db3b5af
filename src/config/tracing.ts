import { Secret } from './secrets.ts'
import { quote, type Settings } from './settings.ts'

/** Where traces go, by the names OpenTelemetry gives its settings. */
export type TracingConfig = {
  /** the full address spans are posted to */
  url: string
  /** sent with every export; they usually hold a key */
  headers: Record<string, Secret>
  timeoutMs: number
  serviceName: string
  resourceAttributes: Record<string, string>
  /** share of traces begun here that is kept */
  sampleRatio: number
  /** true: a caller's own decision is followed, and the ratio counts for traces that begin here */
  followsParent: boolean
}

const samplers = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const

/** Undefined unless an endpoint is set: then nothing of OpenTelemetry is loaded. */
export function readTracing(settings: Settings): TracingConfig | undefined {
  const url = readUrl(settings)
  const config = {
    headers: readHeaders(settings),
    timeoutMs: settings.integer('OTEL_EXPORTER_OTLP_TIMEOUT', {
      fallback: 10_000,
      min: 100,
      max: 60_000,
    }),
    serviceName: settings.text('OTEL_SERVICE_NAME') ?? 'payonce',
    resourceAttributes: readPairs(settings, 'OTEL_RESOURCE_ATTRIBUTES'),
    ...readSampling(settings),
  }
  const isOff = settings.choice('OTEL_SDK_DISABLED', ['true', 'false'], 'false') === 'true'
  return url === undefined || isOff ? undefined : { url, ...config }
}

function readUrl(settings: Settings): string | undefined {
  const base = readAddress(settings, 'OTEL_EXPORTER_OTLP_ENDPOINT')
  const own = readAddress(settings, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  return own ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`)
}

function readAddress(settings: Settings, variable: string): string | undefined {
  const given = settings.text(variable)
  if (given === undefined) return undefined
  const url = URL.parse(given)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '') return given
  const shown = url?.username ? 'one with a password' : quote(given)
  settings.report(
    variable,
    `must be an http or https address, not ${shown}.`,
    'Write http://collector:4318; put credentials into OTEL_EXPORTER_OTLP_HEADERS.',
  )
  return undefined
}

function readHeaders(settings: Settings): Record<string, Secret> {
  const pairs = Object.entries(readPairs(settings, 'OTEL_EXPORTER_OTLP_HEADERS'))
  return Object.fromEntries(pairs.map(([name, value]) => [name, new Secret(value)]))
}

/** `name=value,name=value`, values percent-encoded. */
function readPairs(settings: Settings, variable: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const [index, part] of settings.list(variable).entries()) {
    const [, name, value] = /^([\w.-]+)\s*=\s*(.*)$/.exec(part) ?? []
    if (name === undefined || value === undefined || !isDecodable(value)) {
      // The value is not shown: it may be a key.
      const rule = `must be name=value pairs separated by commas; number ${index + 1} is none.`
      settings.report(variable, rule, 'Percent-encode commas and spaces in values.')
    } else pairs[name] = decodeURIComponent(value)
  }
  return pairs
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function readSampling(settings: Settings): { sampleRatio: number; followsParent: boolean } {
  const sampler = settings.choice('OTEL_TRACES_SAMPLER', samplers, 'parentbased_always_on')
  const ratio = settings.ratio('OTEL_TRACES_SAMPLER_ARG', 1)
  const ratios = { always_on: 1, always_off: 0, traceidratio: ratio }
  const kind = sampler.replace('parentbased_', '') as keyof typeof ratios
  return { sampleRatio: ratios[kind], followsParent: sampler.startsWith('parentbased_') }
}
