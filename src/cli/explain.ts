import { type ErrorCode, type ErrorEntry, errorCatalogue, isErrorCode } from '../domain/errors.ts'
import {
  type HandlerFailureCode,
  handlerFailures,
  isHandlerFailureCode,
} from '../handlers/failure-codes.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError } from './frame/failures.ts'
import { suggest } from './frame/suggest.ts'

const codes = Object.keys(errorCatalogue)

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Say what an error code means, how it is mended, and what its answer looks like.',
  positionals: [
    { name: 'code', summary: 'the `code` of an answer; without it, all codes', optional: true },
  ],
  options: {},
  examples: [
    ['payonce explain signature_mismatch', 'cause, fix and example'],
    ['payonce explain', 'every code with its title'],
  ],
  run: async ({ positionals: [code], output }) => {
    if (code === undefined) {
      if (output.json) output.document({ items: codes.map((one) => explained(one as ErrorCode)) })
      else output.line(renderList())
      return exitCodes.done
    }
    if (isHandlerFailureCode(code)) {
      if (output.json) output.document({ code, ...handlerFailures[code] })
      else output.line(renderHandlerFailure(code, (text) => output.style('bold', text)))
      return exitCodes.done
    }
    if (!isErrorCode(code)) {
      const meant = suggest(code, [...codes, ...Object.keys(handlerFailures)])
      throw new NotFoundError(
        `There is no error code "${code}"${meant === undefined ? '.' : `; did you mean ${meant}?`} npx payonce explain lists them all.`,
      )
    }
    if (output.json) output.document(explained(code))
    else output.line(renderEntry(code, (text) => output.style('bold', text)))
    return exitCodes.done
  },
})

function explained(code: ErrorCode) {
  return { code, ...errorCatalogue[code], example: exampleOf(code) }
}

function renderEntry(code: ErrorCode, bold: (text: string) => string): string {
  const { status, title, cause, fix, retryable }: ErrorEntry = errorCatalogue[code]
  const again = retryable
    ? 'The same request may succeed later.'
    : 'Repeating the same request will not help.'
  return `${bold(title)} (${code}, HTTP ${status})

What happened:   ${cause}
How to mend it:  ${fix}
Again:           ${again}

The answer looks like this:

${JSON.stringify(exampleOf(code), null, 2)}`
}

/** No answer has such a code: it stands in a run of an event handler. */
function renderHandlerFailure(code: HandlerFailureCode, bold: (text: string) => string): string {
  const { title, cause, fix } = handlerFailures[code]
  return `${bold(title)} (${code}, of an event handler)

What happened  ${cause}
How to mend it ${fix}
Then           npx payonce handlers runs --status dead lists what was given up, npx payonce handlers retry <run> calls again.`
}

/** The body of an answer with this code; `detail` may say more in a real one. */
function exampleOf(code: ErrorCode) {
  const { status, title, cause, retryable } = errorCatalogue[code]
  return {
    type: `http://localhost:8000/docs/errors/${code}`,
    title,
    status,
    detail: cause,
    code,
    request_id: 'req_01m7ybd8przhqena41a2t3g86t',
    retryable,
  }
}

function renderList(): string {
  const rows = Object.entries(errorCatalogue).map(([code, { status, title }]) => [
    code,
    String(status),
    title,
  ])
  const ofHandlers = Object.entries(handlerFailures).map(([code, { title }]) => [code, '', title])
  return formatTable(['CODE', 'HTTP', 'TITLE'], [...rows, ...ofHandlers])
}
