import type { App } from '../app.ts'
import type { Config } from '../config/config.ts'
import { writeCredentials } from '../config/credentials-file.ts'
import type { Role } from '../domain/role.ts'
import { explainFolderFault } from '../embedded/folder-fault.ts'

type Started = {
  app: App
  config: Config
  role: Role
  readyMs: number
  /** a line, or several, for the terminal: in turn with the log, whose lines it would tear otherwise */
  tell: (text: string) => void
}

/** Tells, once, what a person at the terminal needs next; in production the address, and generated keys the one time
 * they exist as text. */
export async function announce(started: Started): Promise<void> {
  const { app, config, role, tell } = started
  const seconds = (started.readyMs / 1000).toFixed(1)
  if (app.url === undefined) {
    const health = app.healthUrl === undefined ? '' : ` at ${app.healthUrl}`
    tell(`Payonce ${role} is ready${health} in ${seconds} s.`)
    tellMadeKeys(started)
    return
  }
  if (config.environment === 'production') {
    tell(`Payonce is ready at ${app.url} in ${seconds} s.`)
    tellMadeKeys(started)
    return
  }
  const { testKey, liveKey } = app.firstKeys ?? {}
  const known = await writeCredentials(config.dataDir, {
    url: app.url,
    webhookSecret: app.webhookSecret,
    ...(testKey !== undefined && { testKey }),
    ...(liveKey !== undefined && { liveKey }),
  }).catch((error: unknown) => {
    throw explainFolderFault(config.dataDir, error)
  })
  const key = testKey ?? known.testKey ?? '<your key>'
  const rows = [
    ['API', app.url],
    ['API reference', `${app.url}/docs`],
    ['Stripe webhooks to', `${app.url}/webhooks/stripe`],
    ['webhook secret', app.webhookSecret],
    ['test key', testKey ?? known.testKey ?? 'printed at the first start of this database'],
    ['live key', liveKey ?? known.liveKey ?? 'printed at the first start of this database'],
    ...(app.sandboxUrl === undefined ? [] : [['sandbox for Stripe', app.sandboxUrl] as const]),
    ['data folder', config.dataDir],
  ] as const
  const width = Math.max(...rows.map(([name]) => name.length))
  tell(
    [
      `Payonce is ready in ${seconds} s.`,
      '',
      ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
      '',
      'Try, in another terminal:',
      '',
      `  KEY=${key}`,
      ...(app.sandboxUrl === undefined
        ? ['  npx payonce trigger payment_intent.succeeded']
        : [
            `  curl ${app.url}/payments -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\`,
            `    -d '{"user_id":"test_user_123","amount_cents":1000,"currency":"USD","payment_method":"pm_card_visa","confirm":true}'`,
          ]),
      `  curl ${app.url}/revenue -H "Authorization: Bearer $KEY"`,
      '',
    ].join('\n'),
  )
}

/** Keys made for an empty database exist as text only now, whichever process came first. */
function tellMadeKeys({ app, config, tell }: Started): void {
  const chosen = config.bootstrap.apiKey?.reveal()
  for (const key of Object.values(app.firstKeys ?? {})) {
    if (key !== chosen) tell(`first API key, told only now: ${key}`)
  }
}
