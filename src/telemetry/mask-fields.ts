/**
 * Values that look like nothing in particular and are told only by the name before them: `"cvc":"123"`,
 * `password=…`, `Cookie: …`, also with the quotes escaped, as in JSON within a message.
 */
const possible =
  /cv[cv]|phone|mobile|msisdn|pass(?:word|wd|phrase)|secret|token|key|cookie|authorization|security/i

const SECRET_NAMES = [
  'password|passwd|passphrase',
  '(?:client|webhook|signing|shared)[_-]?secret|secret(?:[_-]?key)?',
  '(?:access|refresh|bearer|auth|csrf|session|id|api)[_-]?token|(?<=[?&"])token',
  '(?:api|secret[_-]?access|private|encryption)[_-]?key',
].join('|')
/** The whole value goes, whatever it holds: several cookies, a scheme and its credentials. */
const HEADER_NAMES = '(?:set-)?cookie|(?:proxy-)?authorization'

const masks = [
  { mask: '[code]', name: 'cvc2?|cvv2?|security_?code', until: '' },
  {
    mask: '[phone]',
    name: '(?:tele)?phone(?:_?number)?|mobile(?:_?number)?|msisdn',
    until: '',
  },
  { mask: '[secret]', name: SECRET_NAMES, until: '' },
  { mask: '[secret]', name: HEADER_NAMES, until: ' ;,' },
].map(({ mask, name, until }) => ({
  mask,
  json: new RegExp(
    String.raw`((?:${name})":\s*)(?:"((?:[^"\\]|\\[^])+)"|(\d[\d.eE+-]*)|\[((?:"(?:[^"\\]|\\[^])*",?)+)\])`,
    'gi',
  ),
  nestedJson: new RegExp(String.raw`((?:${name})\\":\s*\\")((?:[^"\\]|\\\\.)+)(?=\\")`, 'gi'),
  deepJson: new RegExp(String.raw`((?:${name})(\\{2,7})":\s*\2")([^"]+?)(?=\2")`, 'gi'),
  text:
    until === ''
      ? new RegExp(String.raw`((?:${name})'? ?[=:] ?'?)((?<=')[^'"\\]+|[^\s"'\\,;&}\])[]+)`, 'gi')
      : new RegExp(String.raw`((?:${name})'?: ?'?)((?:[^\s"'\\}\])[]|[${until}](?! ?$))+)`, 'gi'),
}))

const TELEPHONE_DIGITS_MIN = 7

/** Security codes, telephone numbers, passwords and cookies in fields named for them become `[code]`, `[phone]`, `[secret]`. */
export function maskFields(line: string): string {
  if (!possible.test(line)) return line
  let masked = line
  for (const { mask, json, nestedJson, deepJson, text } of masks) {
    const hide = (whole: string, before: string, value: string, shown: string) =>
      isPlain(mask, value) ? whole : before + shown
    masked = masked
      .replace(
        json,
        (whole: string, before: string, inString?: string, bare?: string, list?: string) =>
          hide(whole, before, inString ?? bare ?? list ?? '', `"${mask}"`),
      )
      .replace(nestedJson, (whole: string, before: string, value: string) =>
        hide(whole, before, value, mask),
      )
      .replace(deepJson, (whole: string, before: string, _quote: string, value: string) =>
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
