/**
 * Values that look like nothing in particular and are told only by the name before them: `"cvc":"123"`,
 * `password=…`, also with the quotes escaped, as in JSON within a message.
 */
const possible = /cv[cv]|phone|mobile|msisdn|pass(?:word|wd|phrase)|secret|_token|security_?code/i

const masks = [
  { mask: '[code]', name: 'cvc2?|cvv2?|security_?code' },
  { mask: '[phone]', name: '(?:tele)?phone(?:_?number)?|mobile(?:_?number)?|msisdn' },
  {
    mask: '[secret]',
    name: 'password|passwd|passphrase|(?:client|webhook|signing)_?secret|secret(?:_?key)?|(?:access|refresh|bearer)_?token',
  },
].map(({ mask, name }) => ({
  mask,
  json: new RegExp(String.raw`((?:${name})":\s*)(?:"((?:[^"\\]|\\[^])+)"|(\d[\d.eE+-]*))`, 'gi'),
  nestedJson: new RegExp(String.raw`((?:${name})\\":\s*\\")((?:[^"\\]|\\\\.)+)(?=\\")`, 'gi'),
  text: new RegExp(String.raw`((?:${name}) ?[=:] ?)([^\s"'\\,;&}\])[]+)`, 'gi'),
}))

const TELEPHONE_DIGITS_MIN = 7

/** Security codes, telephone numbers and passwords in fields named for them become `[code]`, `[phone]`, `[secret]`. */
export function maskFields(line: string): string {
  if (!possible.test(line)) return line
  let masked = line
  for (const { mask, json, nestedJson, text } of masks) {
    const hide = (whole: string, before: string, value: string, shown: string) =>
      isPlain(mask, value) ? whole : before + shown
    masked = masked
      .replace(json, (whole: string, before: string, inString?: string, bare?: string) =>
        hide(whole, before, inString ?? bare ?? '', `"${mask}"`),
      )
      .replace(nestedJson, (whole: string, before: string, value: string) =>
        hide(whole, before, value, mask),
      )
      .replace(text, (whole: string, before: string, value: string) =>
        hide(whole, before, value, mask),
      )
  }
  return masked
}

/** True for what the name does not make secret: a masked value, or words where a number was expected. */
function isPlain(mask: string, value: string): boolean {
  if (value.startsWith('[')) return true
  if (mask === '[secret]') return /^(?:true|false|null|undefined)$/.test(value)
  const digits = value.replace(/\D/g, '').length
  return mask === '[phone]' ? digits < TELEPHONE_DIGITS_MIN : !/^\d{3,4}$/.test(value)
}
