/** What each setting is, for the reference; forms, ranges and defaults follow from how it is read. */
export type SettingDescription = {
  is: string
  unit?: string
  /** where the default is no fixed value */
  fallback?: string
}

const server: Record<string, SettingDescription> = {
  APP_ENV: { is: 'Production has no default secret, and no embedded database unless asked for.' },
  HOST: { is: 'Address to listen on; `0.0.0.0` opens it to every network.', fallback: '127.0.0.1' },
  PORT: { is: 'Port to listen on; 0 takes any free one.' },
  HEALTH_PORT: {
    is: 'Port, 1 to 65535, where a process that only works answers `/health`, `/ready` and `/metrics`.',
    fallback: 'nowhere',
  },
  LOG_LEVEL: { is: 'The least level that is written, in any case.' },
  DEBUG: { is: '`true` or `1` means `LOG_LEVEL=debug`; anything else is left to other tools.' },
  PAYONCE_DATA_DIR: {
    is: 'Folder of the embedded database and of generated values.',
    fallback: '.payonce',
  },
  INTAKE_BYTES_MAX: { is: 'Webhook bodies held at once; beyond it, 503.', unit: 'bytes' },
}

const database: Record<string, SettingDescription> = {
  DATABASE_URL: {
    is: 'PostgreSQL address, or the word `embedded`. Required in production.',
    fallback: 'embedded',
  },
  DATABASE_POOL_SIZE: { is: 'Connections of the hot pool.', unit: 'connections' },
  REDIS_URL: {
    is: 'Optional cache that API processes share, `redis://` or `rediss://`; of several, the first.',
    fallback: 'none',
  },
  DATABASE_MAX_OVERFLOW: { is: 'Connections beyond it, for a moment.', unit: 'connections' },
}

const installation: Record<string, SettingDescription> = {
  INSTALLATION_ID: {
    is: 'Part of every key sent to a provider. Required in production; never change it afterwards.',
  },
  BOOTSTRAP_MERCHANT: {
    is: 'Name of the first merchant of an empty database.',
    fallback: 'Default merchant',
  },
  BOOTSTRAP_API_KEY: {
    is: 'Its first API key, at least 24 visible characters.',
    fallback: 'made, and printed once in development',
  },
}

const stripe: Record<string, SettingDescription> = {
  STRIPE_SECRET_KEY: { is: 'Says the mode of the account.' },
  STRIPE_PUBLISHABLE_KEY: { is: 'Must be of the same mode as the secret key.' },
  STRIPE_WEBHOOK_SECRET: {
    is: 'Signing secrets, several during a rotation. Required in production.',
    fallback: 'made',
  },
  STRIPE_API_BASE: {
    is: "Where Stripe's API answers; a stand-in for Stripe, such as the sandbox, needs no key.",
    fallback: 'Stripe',
  },
  SANDBOX_PORT: {
    is: 'Port of the sandbox that `npm start` brings up when neither key nor address of a Stripe is set; 0 takes any free one, and so does the default when it is in use.',
  },
  SANDBOX_SEED: { is: "Decides what the sandbox's chance decides." },
  SANDBOX_DURABLE: { is: '`off`: the sandbox forgets when it is killed; for measuring.' },
  PROVIDER_TIMEOUT_MS: {
    is: 'How long one call to a provider may take; the caller is answered within 2 s more.',
    unit: 'ms',
  },
  PROVIDER_SETTLE_MS: {
    is: 'How long a provider is given to show an effect: before it is looked for where keys are ignored, and between the two looks that prove there was none.',
    unit: 'ms',
  },
}

const events: Record<string, SettingDescription> = {
  PAYONCE_HANDLERS: {
    is: 'Path of a module with event handlers and observers of your own.',
    fallback: 'none',
  },
  WEBHOOK_ALLOWED_ORIGINS: { is: 'Networks webhooks may come from.', fallback: 'any' },
  TRUSTED_PROXIES: { is: 'Networks whose `X-Forwarded-For` is believed.', fallback: 'none' },
  EVENT_RETRY_COUNT_MAX: {
    is: 'Delayed attempts of a failed event before it is a dead letter.',
    unit: 'attempts',
  },
  EVENT_RETRY_IMMEDIATE_COUNT: {
    is: 'Repeats at once, before the first wait.',
    unit: 'attempts',
  },
  EVENT_RETRY_BASE_SECONDS: { is: 'Attempt n waits base^n.', unit: 'seconds' },
  EVENT_RETRY_DELAY_SECONDS_MAX: { is: 'And never longer than this.', unit: 'seconds' },
  EVENT_RETRY_JITTER_RATIO: { is: 'Share of each wait that is random.' },
  WEBHOOK_MODE: { is: '`async` is the only mode of this release.' },
  EVENT_BUS: { is: 'Checked, used by later releases.' },
  RELAY_SOURCE: { is: 'Checked, used by later releases.' },
}

const traces: Record<string, SettingDescription> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    is: 'Collector of traces, by OTLP over HTTP; `/v1/traces` is added.',
    fallback: 'traces are not exported',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: { is: 'The whole address instead; it wins.' },
  OTEL_EXPORTER_OTLP_HEADERS: {
    is: 'Headers of each export, `name=value` percent-encoded; treated as secret.',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: {
    is: 'How long one export may take.',
    unit: 'milliseconds',
  },
  OTEL_SERVICE_NAME: { is: 'Name of this service in traces.', fallback: 'payonce' },
  OTEL_RESOURCE_ATTRIBUTES: { is: 'More about this process, `name=value`.' },
  OTEL_TRACES_SAMPLER: { is: 'Which traces are kept; `parentbased` follows the caller.' },
  OTEL_TRACES_SAMPLER_ARG: { is: 'The share kept by the samplers by ratio.' },
  OTEL_SDK_DISABLED: { is: '`true` turns the export off, whatever else is set.' },
}

export const settingDescriptions: Record<string, SettingDescription> = {
  ...server,
  ...database,
  ...installation,
  ...stripe,
  ...events,
  ...traces,
}
