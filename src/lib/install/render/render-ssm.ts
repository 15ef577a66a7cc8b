import { join } from 'node:path'
import { quote } from '../../platforms/linux/quote.ts'
import type { Artefact, ArtefactContent } from './artefact.ts'
import { checkExit } from './as-wanted.ts'
import { scriptWords } from './install-script.ts'
import { packedScript } from './packed-script.ts'
import { withinLimit } from './within-limit.ts'

const name = 'ssm-document.json'
const documentLimit = { sizeBytes: 64 * 1024, of: 'a document of Systems Manager' }
const defaultParameter = '/prisma-enforcer/token'
const end = 'END_OF_SCRIPT'

/**
 * A Command document. The host fetches the token itself, when there is something to install, from a
 * SecureString that the document only names.
 */
export function renderSsm(content: ArtefactContent): Artefact {
  const document = {
    schemaVersion: '2.2',
    description: content.about.join('\n'),
    parameters: {
      TokenParameter: {
        type: 'String',
        description: 'Name of the SecureString in Parameter Store that holds the token of the Console.',
        default: defaultParameter,
        // It becomes text of the script below.
        allowedPattern: '^[a-zA-Z0-9_./-]{1,1011}$',
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'installEnforcer',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: '1800', runCommand: commands(content) },
      },
    ],
  }
  const text = withinLimit(`${JSON.stringify(document, null, 2)}\n`, documentLimit)
  const file = quote(join(content.folder, name))
  return {
    files: [{ path: name, parts: [text] }],
    next: [
      `(umask 077; ${content.tokenCommand} > token)`,
      `aws ssm put-parameter --name ${defaultParameter} --type SecureString --value file://token --overwrite; rm token`,
      `aws ssm create-document --name prisma-enforcer --document-type Command --content file://${file}`,
      'aws ssm send-command --document-name prisma-enforcer --targets Key=tag:NAME,Values=VALUE',
    ],
  }
}

/** The agent runs these as one script. What the agent would fill in stands between two braces. */
function commands({ script }: ArtefactContent): readonly string[] {
  return [
    '#!/bin/sh',
    'set -eu',
    'umask 077',
    'work=$(mktemp -d)',
    `trap 'rm -rf "$work"' EXIT`,
    `base64 -d > "$work/script.gz" <<'${end}'`,
    ...packedScript(script),
    end,
    'gzip -dc "$work/script.gz" > "$work/installenforcer.sh"',
    'state=0',
    `sh "$work/installenforcer.sh" ${scriptWords.check} || state=$?`,
    `if [ "$state" != ${checkExit.absent} ]; then`,
    '  code=0',
    '  sh "$work/installenforcer.sh" < /dev/null || code=$?',
    '  exit "$code"',
    'fi',
    `command -v aws >/dev/null 2>&1 || { echo 'error: the AWS command line is not here, which fetches the token' >&2; exit 1; }`,
    '[ -n "${AWS_DEFAULT_REGION:-}" ] || [ -z "${AWS_SSM_REGION_NAME:-}" ] || export AWS_DEFAULT_REGION="$AWS_SSM_REGION_NAME"',
    `aws ssm get-parameter --name '{{ TokenParameter }}' --with-decryption --query Parameter.Value --output text > "$work/token" || {`,
    `  echo 'error: {{ TokenParameter }} could not be fetched from Parameter Store' >&2`,
    '  exit 1',
    '}',
    'code=0',
    `sh "$work/installenforcer.sh" ${scriptWords.tokenFromInput} < "$work/token" || code=$?`,
    'exit "$code"',
  ]
}
