/** Characters beyond Latin-1 and its relatives: what makes the slow look worth it. */
const unusual = /[\u00ad\u0660-\uffff]/
/** A run of digits of any script with the spaces, dashes and invisible characters people and programs put between. */
const digitRun = /\p{Nd}(?:[\p{Zs}\p{Pd}\p{Cf}\p{Pc}.]{0,3}\p{Nd}){9,79}/gu

/**
 * Numbers written with other digits (`４２４２`, `٤٢٤٢`) or unusual gaps become plain ones, so that the masks
 * know one form. Only runs of ten digits and more change; a line of plain text comes back as it is.
 */
export function plainDigits(text: string): string {
  if (!unusual.test(text)) return text
  return text.replace(digitRun, (run) =>
    /[^\p{ASCII}]/u.test(run)
      ? run
          .replace(/\p{Nd}/gu, (digit) => String(valueOfDigit(digit)))
          .replace(/[^\p{ASCII}]/gu, (gap) => (/\p{Zs}/u.test(gap) ? ' ' : '-'))
      : run,
  )
}

/** Every script has its ten digits in one row, and rows that touch begin at a multiple of ten from the first. */
function valueOfDigit(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let first = code
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
  return (code - first) % 10
}
