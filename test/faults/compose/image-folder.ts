/** What the Dockerfile puts into the image, in a folder: enough to run it without Docker. */
import { readFileSync } from 'node:fs'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { repository } from './compose-file.ts'

export const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8')

/** Copies every file the last stage copies from the repository; the packages are linked. */
export async function makeImageFolder(folder: string): Promise<void> {
  const lastStage = dockerfile.split(/^FROM /m).at(-1) ?? ''
  for (const [, words = ''] of lastStage.matchAll(/^COPY (?!--from)(.+)$/gm)) {
    const sources = words.split(' ')
    const target = sources.pop() ?? ''
    for (const source of sources) {
      const place = target.endsWith('/') ? join(target, basename(source)) : target
      await mkdir(join(folder, place, '..'), { recursive: true })
      const filter = (path: string) => !path.endsWith('.test.ts')
      await cp(join(repository, source), join(folder, place), { recursive: true, filter })
    }
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
}
