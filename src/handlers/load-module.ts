import { type ModuleExports, startModule } from './start-module.ts'

/**
 * Loads the user's module once, in a process of its own, to know what it has before anything is started.
 * @throws Error that names the module and the cause
 */
export async function loadModule(path: string, loadMsMax?: number): Promise<ModuleExports> {
  const started = await startModule({
    path,
    onMessage: () => {},
    ...(loadMsMax !== undefined && { loadMsMax }),
  })
  started.kill()
  await started.ended
  const { handlers, observers } = started
  return { handlers, observers }
}
