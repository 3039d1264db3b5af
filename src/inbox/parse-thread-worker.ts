/** Runs in a thread of its own: parses one large body at a time and sends back the envelope alone. */
import { parentPort } from 'node:worker_threads'
import { DomainError } from '../domain/errors.ts'
import type { ParseAnswer, ParseJob } from './parse-thread.ts'
import { readJson } from './read-json.ts'
import { webhookProviders } from './webhook-providers.ts'

parentPort?.on('message', (job: ParseJob) => parentPort?.postMessage(answer(job)))

function answer(job: ParseJob): ParseAnswer {
  try {
    return { envelope: webhookProviders[job.provider].readEnvelope(readJson(job.body)) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { code, public: told, internal, errors } = error
    return { error: { code, details: { public: told, internal, ...(errors && { errors }) } } }
  }
}
