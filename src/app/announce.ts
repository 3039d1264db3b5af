import type { App } from '../app.ts'
import type { Config } from '../config/config.ts'
import { writeCredentials } from '../config/credentials-file.ts'
import type { Role } from '../domain/role.ts'

/** Tells, once, what a person at the terminal needs next; in production the address, and generated keys the one time
 * they exist as text. */
export async function announce(started: {
  app: App
  config: Config
  role: Role
  readyMs: number
}): Promise<void> {
  const { app, config, role } = started
  const seconds = (started.readyMs / 1000).toFixed(1)
  if (app.url === undefined) {
    const health = app.healthUrl === undefined ? '' : ` at ${app.healthUrl}`
    console.log(`Payonce ${role} is ready${health} in ${seconds} s.`)
    tellMadeKeys(app, config)
    return
  }
  if (config.environment === 'production') {
    console.log(`Payonce is ready at ${app.url} in ${seconds} s.`)
    tellMadeKeys(app, config)
    return
  }
  const { testKey, liveKey } = app.firstKeys ?? {}
  const known = await writeCredentials(config.dataDir, {
    url: app.url,
    webhookSecret: app.webhookSecret,
    ...(testKey !== undefined && { testKey }),
    ...(liveKey !== undefined && { liveKey }),
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
  console.log(
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
function tellMadeKeys(app: App, config: Config): void {
  const chosen = config.bootstrap.apiKey?.reveal()
  for (const key of Object.values(app.firstKeys ?? {})) {
    if (key !== chosen) console.log(`first API key, told only now: ${key}`)
  }
}
