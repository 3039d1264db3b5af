/**
 * Signed bodies for the way through a proxy, each with one thing that a program which reads JSON and writes it anew
 * would change. None is an event: one that arrives intact is refused after its signature was verified, and nothing
 * is stored.
 */
export type ProxyProbe = { lost: string; text: string }

export const controlProbe: ProxyProbe = { lost: 'everything', text: '{"payonce_doctor":"plain"}' }

export const contentProbes: readonly ProxyProbe[] = [
  { lost: 'white space', text: '{ "payonce_doctor" :\n\t"white space" ,  "list" : [ 1 ,2 ] }\n' },
  { lost: 'letters beyond ASCII', text: '{"payonce_doctor":"é € 𝄞 \u00a0"}' },
  { lost: 'escapes', text: '{"payonce_doctor":"\\u00e9 \\/ \\ud834\\udd1e"}' },
  { lost: 'repeated keys', text: '{"payonce_doctor":1,"payonce_doctor":2}' },
  { lost: 'the order of keys', text: '{"payonce_doctor":1,"b":1,"2":1,"1":1,"a":1}' },
  { lost: 'large numbers', text: '{"payonce_doctor":12345678901234567890}' },
  { lost: 'the form of numbers', text: '{"payonce_doctor":[1.0,1e2,-0,0.10]}' },
]

const KIBIBYTE = 1024

/** Stripe's events are mostly small, but an event with a long list passes the first of many proxies' limits. */
export const sizeProbes = [256 * KIBIBYTE, 2 * KIBIBYTE * KIBIBYTE].map((bytes) => ({
  bytes,
  text: `{"payonce_doctor":"${'x'.repeat(bytes)}"}`,
}))

export function shownSize(bytes: number): string {
  return bytes < KIBIBYTE ** 2 ? `${bytes / KIBIBYTE} KiB` : `${bytes / KIBIBYTE ** 2} MiB`
}
