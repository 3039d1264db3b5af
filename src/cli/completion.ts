import { type Command, defineCommand } from './frame/command.ts'
import { renderCompletion, type Shell, shells } from './frame/completion-scripts.ts'
import { exitCodes } from './frame/exit-codes.ts'

/** @param list every command, this one too */
export function completionCommand(list: () => readonly Command[]): Command {
  return defineCommand({
    name: 'completion',
    summary: 'Print the completion script of a shell.',
    positionals: [{ name: 'shell', summary: 'the shell', choices: shells }],
    options: {},
    examples: [
      ['source <(payonce completion bash)', 'for this session; put it in ~/.bashrc to keep it'],
      ['source <(payonce completion zsh)', 'zsh, for this session; put it in ~/.zshrc to keep it'],
      ['payonce completion fish | source', 'fish, for this session'],
    ],
    run: async ({ positionals, output }) => {
      const script = renderCompletion(positionals[0] as Shell, list())
      if (output.json) output.document({ script })
      else output.bytes(Buffer.from(script))
      return exitCodes.done
    },
  })
}
