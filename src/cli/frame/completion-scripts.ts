/**
 * Completion for shells, written out from the declarations: a script holds everything it offers, so that completing
 * starts no process.
 */
import type { Command, OptionDeclaration } from './command.ts'
import { groupsOf } from './find-command.ts'
import { optionsOf } from './render-help.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export function renderCompletion(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return renderBash(commands)
    case 'zsh':
      // zsh reads bash's completions, and offers the same words.
      return `#compdef payonce
autoload -U +X bashcompinit && bashcompinit
${renderBash(commands)}`
    case 'fish':
      return renderFish(commands)
  }
}

const firstWords = (commands: readonly Command[]) => [
  ...new Set([...commands.map(({ name }) => name.split(' ')[0] ?? ''), 'help']),
]
const secondWords = (commands: readonly Command[], group: string) =>
  commands
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name }) => name.slice(group.length + 1))

function renderBash(commands: readonly Command[]): string {
  const groups = groupsOf(commands)
  const cases = commands.map((command) => {
    const names = Object.keys(optionsOf(command)).map((name) => `--${name}`)
    const words = [...names, ...(command.positionals[0]?.choices ?? [])]
    return `    "${command.name}") words="${words.join(' ')}" ;;`
  })
  const values = valueCases(commands).map(
    ([name, option, choices]) => `    "${name} --${option}") words="${choices.join(' ')}" ;;`,
  )
  return `# payonce completion for bash: source <(payonce completion bash)
_payonce() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local name="\${COMP_WORDS[1]}" words="" at=1
  case "$name" in
    ${groups.join('|')}) name="$name \${COMP_WORDS[2]}"; at=2 ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${firstWords(commands).join(' ')}"
  elif [ "$COMP_CWORD" -eq 2 ] && [ "$at" -eq 2 ]; then
    case "\${COMP_WORDS[1]}" in
${groups.map((group) => `      ${group}) words="${secondWords(commands, group).join(' ')}" ;;`).join('\n')}
    esac
  else
    case "$name" in
${cases.join('\n')}
    esac
    case "$name $previous" in
${values.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _payonce payonce
`
}

function renderFish(commands: readonly Command[]): string {
  const lines = [
    '# payonce completion for fish: payonce completion fish | source',
    'complete -c payonce -f',
    `complete -c payonce -n __fish_use_subcommand -a '${firstWords(commands).join(' ')}'`,
    ...groupsOf(commands).map((group) => {
      const words = secondWords(commands, group).join(' ')
      const open = `__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${words}`
      return `complete -c payonce -n '${open}' -a '${words}'`
    }),
  ]
  for (const command of commands) {
    const seen = command.name
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
    for (const [name, declared] of Object.entries(optionsOf(command))) {
      lines.push(
        `complete -c payonce -n '${seen}' -l ${name}${fishValue(declared)} -d ${fishText(declared.summary)}`,
      )
    }
    const words = command.positionals[0]?.choices?.join(' ')
    if (words !== undefined) lines.push(`complete -c payonce -n '${seen}' -a '${words}'`)
  }
  return `${lines.join('\n')}\n`
}

function fishValue({ value, choices }: OptionDeclaration): string {
  if (value === undefined) return ''
  return choices === undefined ? ' -r' : ` -x -a '${choices.join(' ')}'`
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Options whose values are a closed list of words. */
function valueCases(commands: readonly Command[]) {
  return commands.flatMap((command) =>
    Object.entries(command.options).flatMap(([option, { choices }]) =>
      choices === undefined ? [] : [[command.name, option, choices] as const],
    ),
  )
}
