import { readSettings } from '../config/config.ts'
import { areCredentialsClosed, readCredentials } from '../config/credentials-file.ts'
import { type DeliveryAnswer, deliverSigned } from '../inbox/deliver-signed.ts'
import { findEnvironmentAccount } from '../store/provider-accounts.ts'
import type { CallContext } from './frame/command.ts'
import { textOf } from './frame/explain-failure.ts'
import { UnreachableError, UsageError } from './frame/failures.ts'
import { openCommandDatabase } from './with-database.ts'

type Wishes = { endpoint: string | undefined }

/** Where webhooks are delivered: as told, else at the instance of this data folder, else where HOST and PORT say. */
export async function webhookAddress(call: CallContext, { endpoint }: Wishes): Promise<string> {
  const given = endpoint ?? (await instanceUrl(call))
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--endpoint ${given}: must be an address such as http://127.0.0.1:8000`)
  }
  if (url.pathname === '/') url.pathname = '/webhooks/stripe'
  return url.href
}

async function instanceUrl(call: CallContext): Promise<string> {
  const { config } = readSettings(call.environment)
  // Who may not read the file still has HOST and PORT to go by.
  const known = await readCredentials(config.dataDir).catch((error: unknown) => {
    if (areCredentialsClosed(error)) return undefined
    throw error
  })
  // PORT=0 and a port given at the start are known only to the file that the start wrote.
  const isPortTold = call.sourceOf('PORT') !== undefined && config.port !== 0
  if (known !== undefined && !isPortTold) return known.url
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`
}

/** The secret the instance verifies with: the configured one, else the one made at its first start. */
export async function signingSecret(call: CallContext): Promise<string> {
  const { config } = readSettings(call.environment)
  const [configured] = config.stripe.webhookSecrets
  if (configured !== undefined) return configured.reveal()
  const known = await readCredentials(config.dataDir).catch((error: unknown) => {
    throw areCredentialsClosed(error)
      ? new UsageError(
          `This user may not read the signing secret in ${config.dataDir}: give --secret, or ask as the user that started Payonce.`,
        )
      : error
  })
  if (known !== undefined) return known.webhookSecret
  const database = await openCommandDatabase(call, config)
  const account = await findEnvironmentAccount(database, 'stripe')
  const [made] = account?.webhookSecrets ?? []
  if (made !== undefined) return made
  throw new UsageError(
    'No signing secret is known here: give --secret, or set STRIPE_WEBHOOK_SECRET.',
  )
}

/** @throws UnreachableError when nobody answers at the address */
export async function deliver(
  call: CallContext,
  delivery: { address: string; secret: string; body: Uint8Array; atSeconds: number },
): Promise<DeliveryAnswer> {
  try {
    return await deliverSigned({ ...delivery, signal: call.signal })
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new UnreachableError(
      `${delivery.address} does not answer: ${textOf(cause)}. Start Payonce (npx payonce start), or give --endpoint.`,
      { cause: error },
    )
  }
}
