import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWhenReady } from './open-when-ready.ts'

const withCode = (code: string) => Object.assign(new Error(code), { code })

test('a database that replays its log is waited for', async () => {
  const answers = [withCode('57P03'), withCode('ECONNRESET'), 'open']
  const opened = await openWhenReady(async () => {
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  })
  assert.equal(opened, 'open')
})

test('a database that is not there is an error at once', async () => {
  const refused = withCode('ECONNREFUSED')
  await assert.rejects(
    openWhenReady(() => Promise.reject(refused)),
    refused,
  )
})
