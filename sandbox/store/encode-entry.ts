/**
 * An entry as one line. Events and the stored answer mostly hold versions that the entry itself puts: those are
 * written as their index, and are one shared object again after reading.
 */
import type { EventRecord, Version } from './records.ts'
import type { Answer, Entry } from './state.ts'

type Reference = number | Version

export function encodeEntry(entry: Entry): string {
  const index = new Map(entry.puts.map(({ record }, at) => [record, at] as const))
  const refer = (version: Version): Reference => index.get(version.record) ?? version
  const puts = entry.puts.map((version) =>
    version.kind === 'event'
      ? { kind: 'event', record: { ...version.record, about: refer(version.record.about) } }
      : version,
  )
  const { answer } = entry
  if (answer === undefined || typeof answer.body === 'string')
    return JSON.stringify({ ...entry, puts })
  return JSON.stringify({ ...entry, puts, answer: { ...answer, body: refer(answer.body) } })
}

type Written = Omit<Entry, 'puts' | 'answer'> & {
  puts: (Exclude<Version, { kind: 'event' }> | WrittenEvent)[]
  answer?: Omit<Answer, 'body'> & { body: Reference | string }
}
type WrittenEvent = { kind: 'event'; record: Omit<EventRecord, 'about'> & { about: Reference } }

export function decodeEntry(line: string): Entry {
  const { puts: written, answer, ...rest } = JSON.parse(line) as Written
  const puts: Version[] = []
  const resolve = (reference: Reference): Version => {
    if (typeof reference !== 'number') return reference
    const version = puts[reference]
    if (version === undefined) throw new Error(`the journal refers to a missing version: ${line}`)
    return version
  }
  for (const version of written) {
    if (version.kind !== 'event') puts.push(version)
    else
      puts.push({
        kind: 'event',
        record: { ...version.record, about: resolve(version.record.about) },
      })
  }
  if (answer === undefined) return { ...rest, puts }
  const body = typeof answer.body === 'string' ? answer.body : resolve(answer.body)
  return { ...rest, puts, answer: { ...answer, body } }
}
