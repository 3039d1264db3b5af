import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type CalendarInterval, periodStarts } from './periods.ts'
import { BUCKET_MS, planReads } from './plan-reads.ts'
import { findTimeZone } from './time-zone.ts'

function starts(interval: CalendarInterval, name: string, from: string, to: string): string[] {
  const zone = findTimeZone(name)
  assert.ok(zone, name)
  const found = periodStarts(interval, zone, { fromMs: Date.parse(from), toMs: Date.parse(to) })
  assert.ok(found)
  return found.map((start) => new Date(start).toISOString())
}

test('a day begins when its clock first shows it, whatever the clock does', () => {
  const day = (name: string, from: string, to: string) => starts('day', name, from, to)
  // 25 hours in Berlin.
  assert.deepEqual(day('Europe/Berlin', '2025-10-25T22:00:00Z', '2025-10-27T00:00:00Z'), [
    '2025-10-25T22:00:00.000Z',
    '2025-10-26T23:00:00.000Z',
  ])
  // Havana sets its clock from 1:00 back to 0:00: the day has two midnights and begins at the first.
  assert.deepEqual(day('America/Havana', '2025-11-02T04:00:00Z', '2025-11-02T23:00:00Z'), [
    '2025-11-02T04:00:00.000Z',
  ])
  // Cairo sets its clock from 0:00 forward to 1:00: the day has no midnight.
  assert.deepEqual(day('Africa/Cairo', '2025-04-24T22:00:00Z', '2025-04-25T22:00:00Z'), [
    '2025-04-24T22:00:00.000Z',
    '2025-04-25T21:00:00.000Z',
  ])
  // Apia had no 30 December 2011.
  assert.deepEqual(day('Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-30T11:00:00Z'), [
    '2011-12-29T10:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
  ])
})

test('a week begins on Monday, a month and a year on their first day', () => {
  const from = '2026-01-01T00:00:00Z'
  const to = '2026-01-06T00:00:00Z'
  assert.deepEqual(starts('week', 'UTC', from, to), [
    '2025-12-29T00:00:00.000Z',
    '2026-01-05T00:00:00.000Z',
  ])
  assert.deepEqual(starts('month', 'Asia/Tokyo', from, to), ['2025-12-31T15:00:00.000Z'])
  assert.deepEqual(starts('year', 'America/New_York', from, to), [
    '2025-01-01T05:00:00.000Z',
    '2026-01-01T05:00:00.000Z',
  ])
})

test('what is no name of a zone is none', () => {
  for (const name of ['', 'Mars/Olympus', '+05:07', '-03', "UTC'", 'Europe/Berlin ']) {
    assert.equal(findTimeZone(name), undefined, name)
  }
})

test('too many periods are refused, not counted for ever', () => {
  const zone = findTimeZone('UTC')
  assert.ok(zone)
  assert.equal(periodStarts('day', zone, { fromMs: 0, toMs: Date.UTC(2026, 0) }), undefined)
})

test('whole days, hours, buckets and edges together cover the range once, each in its period', () => {
  const second = fc.integer({ min: 0, max: 400_000 }).map((seconds) => seconds * 1000)
  const starts = fc.uniqueArray(second, { maxLength: 12 })
  fc.assert(
    fc.property(second, second, starts, (a, b, inner) => {
      fc.pre(a !== b)
      const range = { fromMs: Math.min(a, b), toMs: Math.max(a, b) }
      const all = [0, ...inner].toSorted((x, y) => x - y)
      const plan = planReads(range, all)
      for (let at = 0; at <= 400_000_000; at += 127_000) {
        const parts = Object.values(plan)
          .flat()
          .filter((part) => part.fromMs <= at && at < part.toMs)
        const inside = at >= range.fromMs && at < range.toMs
        assert.equal(parts.length, Number(inside))
        const period = all.findLastIndex((start) => start <= at)
        for (const part of parts) assert.equal(part.period, period)
      }
      const wholes = [
        { stretches: plan.days, spanMs: 96 * BUCKET_MS, longestMs: Infinity },
        { stretches: plan.hours, spanMs: 4 * BUCKET_MS, longestMs: 2 * 96 * BUCKET_MS },
        { stretches: plan.buckets, spanMs: BUCKET_MS, longestMs: 2 * 4 * BUCKET_MS },
      ]
      for (const { stretches, spanMs, longestMs } of wholes) {
        for (const { fromMs, toMs } of stretches) {
          assert.equal(fromMs % spanMs, 0)
          assert.equal(toMs % spanMs, 0)
          // What a longer span could hold is not read in shorter ones.
          assert.ok(toMs - fromMs < longestMs)
        }
      }
      for (const { fromMs, toMs } of plan.edges) assert.ok(toMs - fromMs < 2 * BUCKET_MS)
    }),
  )
})
