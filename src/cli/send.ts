import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { signedHeaders } from '../inbox/deliver-signed.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { textOf } from './frame/explain-failure.ts'
import { UsageError } from './frame/failures.ts'
import { printable } from './frame/printable.ts'
import { deliver, signingSecret, webhookAddress } from './running-instance.ts'
import { instanceOptions } from './shared-options.ts'

export const sendCommand = defineCommand({
  name: 'send',
  summary: 'Sign a body as Stripe signs and deliver it, byte for byte.',
  description:
    'The body may be anything, so that it can be seen what the intake says to it. No Stripe account and no connection to Stripe is needed.',
  options: {
    body: { summary: 'the text itself, @file, or - for standard input', value: '<text|@file|->' },
    print: { summary: 'send nothing: print the headers that belong to these bytes now' },
    ...instanceOptions,
  },
  examples: [
    ['payonce send --body @event.json', 'deliver a file'],
    ['jq -c .data event.json | payonce send --body -', 'deliver what another program writes'],
    ['payonce send --body @event.json --print', 'only the headers, for a delivery by curl'],
  ],
  run: async (call) => {
    const { values, output } = call
    const body = await readBody(values.body)
    const secret = await signingSecret(call)
    const atSeconds = Math.floor(Date.now() / 1000)
    if (values.print) {
      const headers = signedHeaders({ body, secret, atSeconds })
      if (output.json) output.document(headers)
      else for (const [name, value] of Object.entries(headers)) output.line(`${name}: ${value}`)
      return exitCodes.done
    }
    const address = await webhookAddress(call, values)
    const answer = await deliver(call, { address, secret, body, atSeconds })
    const isAccepted = answer.status >= 200 && answer.status < 300
    if (output.json) {
      const { status, code, detail, text } = answer
      output.document({ address, status, code: code ?? null, detail: detail ?? null, answer: text })
    } else {
      const status = output.style(isAccepted ? 'green' : 'red', String(answer.status))
      output.line(`${status}  ${printable(answer.text.trim())}`)
      if (answer.code !== undefined) output.note(`npx payonce explain ${answer.code} tells more.`)
    }
    return isAccepted ? exitCodes.done : exitCodes.failed
  },
})

async function readBody(given: string | undefined): Promise<Buffer> {
  if (given === undefined) throw new UsageError('--body is missing: the text itself, @file, or -')
  if (given === '-') return buffer(process.stdin)
  if (!given.startsWith('@')) return Buffer.from(given)
  try {
    return await readFile(given.slice(1))
  } catch (error) {
    throw new UsageError(`--body ${given}: ${textOf(error)}`, { cause: error })
  }
}
