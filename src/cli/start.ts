import type { Environment } from '../config/settings.ts'
import { type Role, roles } from '../domain/role.ts'
import { type Command, defineCommand } from './frame/command.ts'
import type { ExitCode } from './frame/exit-codes.ts'
import { databaseOptions } from './shared-options.ts'

/** Commands know nothing of the app: whoever runs the command line hands in how it is started. */
export type StartApp = (role: Role, environment: Environment) => Promise<ExitCode>

export function startCommand(start: StartApp): Command {
  return defineCommand({
    name: 'start',
    summary: 'Start Payonce: the API and the worker, or one of them.',
    description:
      'It runs in the foreground until SIGINT or SIGTERM, and then drains. Without DATABASE_URL it brings its own PostgreSQL, in the data folder. Every setting of the README is read from the environment.',
    options: {
      role: { summary: 'which part runs here', value: '<role>', choices: roles, fallback: 'all' },
      ...databaseOptions,
      host: { summary: 'address to listen on', value: '<address>', setting: 'HOST' },
      port: {
        summary: 'port to listen on; 0 takes any free one',
        value: '<port>',
        setting: 'PORT',
      },
      'log-level': {
        summary: 'the least that is logged',
        value: '<level>',
        choices: ['debug', 'info', 'warn', 'error'],
        setting: 'LOG_LEVEL',
      },
    },
    examples: [
      ['payonce start', 'everything in one process, on port 8000'],
      ['payonce start --role worker', 'a worker beside API processes on one DATABASE_URL'],
    ],
    handlesSignals: true,
    run: ({ values, environment }) => start(values.role as Role, environment),
  })
}
