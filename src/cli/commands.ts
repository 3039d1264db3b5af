/** Every command but `start` and `completion`, in the order help shows them. A new command is a file and a line here. */
import { configShowCommand } from './config-show.ts'
import { deadLettersListCommand } from './dead-letters-list.ts'
import { doctorCommand } from './doctor.ts'
import { eventsListCommand } from './events-list.ts'
import { eventsShowCommand } from './events-show.ts'
import { eventsTailCommand } from './events-tail.ts'
import { explainCommand } from './explain.ts'
import type { Command } from './frame/command.ts'
import { handlersListCommand, handlersRemoveCommand } from './handlers.ts'
import { healthCommand } from './health.ts'
import { ledgerCheckCommand } from './ledger-check.ts'
import { migrateCommands } from './migrate.ts'
import { paymentsListCommand } from './payments-list.ts'
import { paymentsShowCommand } from './payments-show.ts'
import { revenueCommand } from './revenue.ts'
import { sendCommand } from './send.ts'
import { triggerCommand } from './trigger.ts'

export const commands: readonly Command[] = [
  doctorCommand,
  healthCommand,
  ...migrateCommands,
  paymentsListCommand,
  paymentsShowCommand,
  revenueCommand,
  eventsListCommand,
  eventsShowCommand,
  eventsTailCommand,
  deadLettersListCommand,
  handlersListCommand,
  handlersRemoveCommand,
  triggerCommand,
  sendCommand,
  explainCommand,
  configShowCommand,
  ledgerCheckCommand,
]
