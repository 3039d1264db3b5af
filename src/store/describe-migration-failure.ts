import type { MigrationFile } from './migration-files.ts'

/** One sentence with the file, its line where PostgreSQL tells one, and PostgreSQL's own words. */
export function describeMigrationFailure(
  file: MigrationFile,
  direction: 'up' | 'down',
  error: unknown,
): string {
  const message = error instanceof Error ? error.message : String(error)
  const detail = readText(error, 'detail')
  const line = findLine(file, direction, Number(readText(error, 'position')))
  const place = line === undefined ? file.path : `${file.path}:${line}`
  const words = detail === '' ? message : `${message} (${detail})`
  return `Migration ${place} (${direction}) failed and changed nothing: ${words}`
}

function findLine(
  file: MigrationFile,
  direction: 'up' | 'down',
  position: number,
): number | undefined {
  if (!Number.isSafeInteger(position) || position < 1) return undefined
  const [text, offset] =
    direction === 'up' ? [file.up, file.upLineOffset] : [file.down, file.downLineOffset]
  return offset + text.slice(0, position).split('\n').length
}

function readText(error: unknown, key: string): string {
  if (typeof error !== 'object' || error === null) return ''
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : ''
}
