/** Every command but `start` and `completion`, in the order help shows them. A new command is a file and a line here. */
import { auditListCommand } from './audit-list.ts'
import { configShowCommand } from './config-show.ts'
import { deadLettersListCommand } from './dead-letters-list.ts'
import { deadLettersRetryCommand } from './dead-letters-retry.ts'
import { deadLettersSetAsideCommand } from './dead-letters-set-aside.ts'
import { doctorCommand } from './doctor.ts'
import { eventsFailuresCommand } from './events-failures.ts'
import { eventsListCommand } from './events-list.ts'
import { eventsReplayCommand } from './events-replay.ts'
import { eventsShowCommand } from './events-show.ts'
import { eventsTailCommand } from './events-tail.ts'
import { explainCommand } from './explain.ts'
import type { Section } from './frame/command.ts'
import { handlersListCommand } from './handlers-list.ts'
import { handlersRemoveCommand } from './handlers-remove.ts'
import { handlersRetryCommand } from './handlers-retry.ts'
import { handlersRunsCommand } from './handlers-runs.ts'
import { healthCommand } from './health.ts'
import { ledgerCheckCommand } from './ledger-check.ts'
import { migrateCommands } from './migrate.ts'
import { paymentsListCommand } from './payments-list.ts'
import { paymentsShowCommand } from './payments-show.ts'
import { replaysListCommand } from './replays-list.ts'
import { replaysShowCommand } from './replays-show.ts'
import { replaysStopCommand } from './replays-stop.ts'
import { revenueCommand } from './revenue.ts'
import { sendCommand } from './send.ts'
import { triggerCommand } from './trigger.ts'

export const sections: readonly Section[] = [
  { title: 'Run it', commands: [doctorCommand, healthCommand, configShowCommand] },
  {
    title: 'See the money',
    commands: [paymentsListCommand, paymentsShowCommand, revenueCommand, ledgerCheckCommand],
  },
  {
    title: 'See what came in',
    commands: [eventsListCommand, eventsShowCommand, eventsTailCommand, eventsFailuresCommand],
  },
  {
    title: 'Repair',
    commands: [
      eventsReplayCommand,
      replaysListCommand,
      replaysShowCommand,
      replaysStopCommand,
      deadLettersListCommand,
      deadLettersRetryCommand,
      deadLettersSetAsideCommand,
      auditListCommand,
    ],
  },
  {
    title: 'Event handlers of your own',
    commands: [
      handlersListCommand,
      handlersRunsCommand,
      handlersRetryCommand,
      handlersRemoveCommand,
    ],
  },
  { title: 'Try it out', commands: [triggerCommand, sendCommand] },
  { title: 'The database', commands: migrateCommands },
  { title: 'Help', commands: [explainCommand] },
]
