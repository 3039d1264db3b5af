import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastWordsOf } from './server-log.ts'

const at = '2026-11-21 11:10:51.053 UTC [25510] '

test('the last words are of the server and not of statements that failed before', () => {
  const kept = [
    `${at}LOG:  database system is ready to accept connections`,
    `${at}LOG:  server process (PID 25520) was terminated by signal 9: Killed`,
    `${at}DETAIL:  Failed process was running: select`,
    '\t1',
    `${at}PANIC:  could not write to file: No space left on device`,
    'postgres: could not find the database system',
  ]
  const log = [
    kept[0],
    `${at}ERROR:  duplicate key value violates unique constraint "payments_pkey"`,
    `${at}DETAIL:  Key (id)=(pay_1) already exists.`,
    `${at}STATEMENT:  insert into payments`,
    '\tvalues ($1)',
    kept[1],
    kept[2],
    kept[3],
    `${at}STATEMENT:  select`,
    '\t2',
    kept[4],
    kept[5],
  ]
  assert.equal(lastWordsOf(log.join('\n')), kept.join('\n'))
  assert.equal(lastWordsOf(''), '')
})
