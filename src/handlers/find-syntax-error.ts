import { spawnSync } from 'node:child_process'
import { shownPlace } from './describe-failure.ts'

const CHECK_MS_MAX = 5_000

/**
 * Where the module's syntax error is. Node tells it for JavaScript only to who does not catch the error, so it is asked
 * again, without running anything.
 * @returns undefined when it is in none of this file's lines but in a file it imports
 */
export function findSyntaxError(path: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', path], {
    encoding: 'utf8',
    timeout: CHECK_MS_MAX,
  })
  const place = /^((?:file:\/\/)?\/.+:\d+)$/m.exec(stderr)?.[1]
  return place === undefined ? undefined : shownPlace(place)
}
