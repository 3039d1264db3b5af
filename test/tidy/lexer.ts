/** A string or template literal with its line; holes of a template appear as `${}`. */
export type Literal = { text: string; line: number }
/** A source split by what its characters mean. In `code` literals are kept and comments are blank. */
export type Lexed = { code: string; literals: Literal[] }

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1|(?<=(?:^|[=(,:[!&|?{};>]|return|case)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*|`|[{}]/g

/** Enough of TypeScript's lexical rules to tell comments, strings and templates apart; no parser. */
export function lex(source: string): Lexed {
  const literals: Literal[] = []
  const blanks: Array<[start: number, end: number]> = []
  /** One entry per open template: the depth of braces within its hole. */
  const holes: number[] = []
  const pattern = new RegExp(token)
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    const [found] = match
    const end = match.index + found.length
    const hole = holes.at(-1)
    if (found === '{' && hole !== undefined) holes[holes.length - 1] = hole + 1
    else if (found === '}' && hole !== undefined && hole > 0) holes[holes.length - 1] = hole - 1
    else if (found === '`' || (found === '}' && hole !== undefined)) {
      if (found === '}') holes.pop()
      const stop = readTemplate(source, end)
      addTemplatePart(literals, source, { start: end, stop, continues: found === '}' })
      pattern.lastIndex = stop.end
      if (stop.opensHole) holes.push(0)
    } else if (found.startsWith('//') || found.startsWith('/*')) blanks.push([match.index, end])
    else if (match[1] !== undefined) {
      literals.push({ text: found.slice(1, -1), line: lineAt(source, match.index) })
    }
  }
  return { code: blank(source, blanks), literals }
}

type TemplateStop = { end: number; opensHole: boolean; textEnd: number }

/** From inside a template to its end or to the next hole. */
function readTemplate(source: string, from: number): TemplateStop {
  const stop = /\\[\s\S]|`|\$\{/g
  stop.lastIndex = from
  for (let match = stop.exec(source); match !== null; match = stop.exec(source)) {
    if (match[0].startsWith('\\')) continue
    return { end: stop.lastIndex, opensHole: match[0] === '${', textEnd: match.index }
  }
  return { end: source.length, opensHole: false, textEnd: source.length }
}

function addTemplatePart(
  literals: Literal[],
  source: string,
  part: { start: number; stop: TemplateStop; continues: boolean },
): void {
  const text = source.slice(part.start, part.stop.textEnd)
  const last = literals.at(-1)
  // A part after a hole belongs to the template, unless the hole held literals of its own.
  if (part.continues && last !== undefined) last.text += `\${}${text}`
  else literals.push({ text, line: lineAt(source, part.start) })
}

function blank(source: string, stretches: Array<[number, number]>): string {
  let code = ''
  let done = 0
  for (const [start, end] of stretches) {
    code += source.slice(done, start) + source.slice(start, end).replace(/[^\n]/g, ' ')
    done = end
  }
  return code + source.slice(done)
}

export function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length
}
