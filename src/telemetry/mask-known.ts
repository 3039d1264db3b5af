const MASK = '[secret]'
/** A shorter value, or one made of letters only, may be an ordinary word: hiding it would hide the log. */
const LENGTH_MIN = 8
const WORD_LENGTH_MAX = 16

/**
 * Hides exact values: the secrets this process was configured with. Patterns find what looks like a secret; this
 * finds our own, such as a database password or a key somebody chose. JSON-escaped and percent-encoded forms count.
 */
export function maskKnown(secrets: readonly string[]): (text: string) => string {
  const telling = secrets.filter(
    (secret) =>
      secret.length >= LENGTH_MIN &&
      !(/^[a-z]+$/i.test(secret) && secret.length <= WORD_LENGTH_MAX),
  )
  const forms = new Set(telling.flatMap(formsOf).toSorted((a, b) => b.length - a.length))
  if (forms.size === 0) return (text) => text
  return (text) => {
    let masked = text
    for (const form of forms) if (masked.includes(form)) masked = masked.replaceAll(form, MASK)
    return masked
  }
}

function formsOf(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [secret, escaped, JSON.stringify(escaped).slice(1, -1), encodeURIComponent(secret)]
}
