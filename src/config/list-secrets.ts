import { Secret } from './secrets.ts'

/** Every secret of a configuration, and the password within an address: what the log must not show in any form. */
export function listSecrets(config: object): string[] {
  return Object.values(config).flatMap((value: unknown) => {
    if (value instanceof Secret) return [value.reveal(), ...passwordOf(value.reveal())]
    return typeof value === 'object' && value !== null ? listSecrets(value) : []
  })
}

function passwordOf(text: string): string[] {
  const password = URL.parse(text)?.password ?? ''
  return password === '' ? [] : [password, decodeSafely(password)]
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
