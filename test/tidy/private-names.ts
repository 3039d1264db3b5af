import { readText } from './source-files.ts'

/** Put together from parts, so that this file does not name what it forbids. */
const forbidden: Array<{ what: string; pattern: RegExp }> = [
  {
    what: 'a path of the machine it was written on',
    pattern: new RegExp(`/${'work'}/|/${'home'}/[a-z]+/|/${'Users'}/[a-z]+/`),
  },
  {
    what: 'a private registry or host',
    pattern:
      /https?:\/\/[\w.-]+\.(?:internal|corp|lan|intra)\b|https?:\/\/(?:npm|registry|artifactory|nexus|verdaccio)[\w-]*\.(?!npmjs\.org)[\w.-]+/i,
  },
  {
    what: 'a package from elsewhere than npm',
    pattern: /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)/,
  },
]

const textFile =
  /\.(?:ts|tsx|js|mjs|json|md|sql|ya?ml|toml|sh|txt|css|html|example)$|(?:^|\/)(?:\.[a-z]+|[A-Z][a-z]+)$/

/** Names that mean something on one machine only. */
export function findPrivateNames(paths: string[]): string[] {
  return paths
    .filter((path) => textFile.test(path))
    .flatMap((path) => {
      const text = readText(path)
      return forbidden.flatMap(({ what, pattern }) => {
        const found = pattern.exec(text)
        return found === null ? [] : [`${path} names ${what}: ${found[0]}`]
      })
    })
}
