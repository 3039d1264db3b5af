/**
 * `payonce trigger <type>`: tells the running instance a whole small story that ends with an event of that type,
 * each event signed as Stripe signs, so that a tour needs no Stripe account.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readCredentials } from '../config/credentials-file.ts'
import { readEnvironment } from '../config/env.ts'
import { storyOf, storyTypes } from './trigger/stories.ts'

const usage = `payonce trigger <type> [--amount 1000] [--currency usd] [--url http://127.0.0.1:8000] [--secret whsec_...]

types: ${storyTypes.join(', ')}`

/** @returns 0 when every event was accepted, 1 when one was not, 2 when the command line was wrong */
export async function trigger(argv: string[]): Promise<number> {
  const parsed = readArguments(argv)
  if (parsed === undefined) return 2
  const { values, positionals } = parsed
  const [type] = positionals
  if (values.help || type === undefined) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const amount = Number(values.amount)
  if (!Number.isSafeInteger(amount) || amount <= 0) {
    console.error(`--amount ${values.amount}: must be a whole number of minor units above zero`)
    return 2
  }
  const createdAtSeconds = Math.floor(Date.now() / 1000)
  const story = storyOf(type, {
    tag: randomBytes(9).toString('hex'),
    amount,
    currency: values.currency.toLowerCase(),
    createdAtSeconds,
  })
  if (story === undefined) {
    console.error(`unknown type "${type}"\n\n${usage}`)
    return 2
  }
  const { PAYONCE_DATA_DIR: dataDir = '.payonce' } = readEnvironment()
  const known = await readCredentials(resolve(dataDir))
  const url = values.url ?? known?.url
  const secret = values.secret ?? known?.webhookSecret
  if (url === undefined || secret === undefined) {
    console.error(
      'No running instance found here. Start one with "npm start", or give --url and --secret.',
    )
    return 1
  }
  for (const event of story) {
    if (!(await send(event, { url, secret, createdAtSeconds }))) return 1
  }
  return 0
}

function readArguments(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        amount: { type: 'string', default: '1000' },
        currency: { type: 'string', default: 'usd' },
        url: { type: 'string' },
        secret: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return undefined
  }
}

async function send(
  event: { type: string; id: string },
  to: { url: string; secret: string; createdAtSeconds: number },
): Promise<boolean> {
  const body = JSON.stringify(event)
  const signature = createHmac('sha256', to.secret)
    .update(`${to.createdAtSeconds}.${body}`)
    .digest('hex')
  const address = `${to.url}/webhooks/stripe`
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'stripe-signature': `t=${to.createdAtSeconds},v1=${signature}`,
      },
      body,
    })
    console.log(`${answer.status}  ${event.type.padEnd(32)} ${event.id}  ${await answer.text()}`)
    return answer.ok
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    console.error(`${address} does not answer: ${cause instanceof Error ? cause.message : cause}`)
    return false
  }
}
