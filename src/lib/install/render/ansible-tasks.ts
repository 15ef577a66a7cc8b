import { checkExit } from './as-wanted.ts'
import { scriptWords } from './install-script.ts'

const isAbsent = `prisma_enforcer_state.rc == ${checkExit.absent}`

/**
 * Looks first, which also works under --check. The token goes over standard input of a module, for the
 * environment of a task is part of a command line on the host; the words of a failure are shown by a task of
 * their own, because no_log hides those of the one that has the token.
 */
export const ansibleTasks = [
  {
    name: 'Look whether the enforcer is installed as wanted',
    'ansible.builtin.script': 'checkenforcer.sh',
    register: 'prisma_enforcer_state',
    check_mode: false,
    changed_when: false,
    failed_when: `prisma_enforcer_state.rc not in [${checkExit.asWanted}, ${checkExit.absent}]`,
  },
  {
    name: 'Say what would be done',
    'ansible.builtin.debug': { msg: 'The enforcer would be installed.' },
    changed_when: true,
    when: [isAbsent, 'ansible_check_mode'],
  },
  {
    name: 'Install the enforcer',
    when: [isAbsent, 'not ansible_check_mode'],
    block: [
      {
        name: 'See that there is a token',
        'ansible.builtin.fail': {
          msg: 'Give the token as the variable apoctl_token, or in ENFORCERD_TOKEN.',
        },
        when: 'apoctl_token | length == 0',
      },
      {
        name: 'Make a folder for the script',
        'ansible.builtin.tempfile': { state: 'directory', suffix: '.prisma-enforcer' },
        register: 'prisma_enforcer_folder',
      },
      {
        name: 'Copy the script',
        'ansible.builtin.copy': {
          src: 'installenforcer.sh',
          dest: '{{ prisma_enforcer_folder.path }}/installenforcer.sh',
          mode: '0700',
        },
      },
      {
        name: 'Run the script',
        'ansible.builtin.command': {
          argv: ['sh', '{{ prisma_enforcer_folder.path }}/installenforcer.sh', scriptWords.tokenFromInput],
          stdin: '{{ apoctl_token }}',
        },
        no_log: true,
        register: 'prisma_enforcer_run',
        changed_when: 'prisma_enforcer_run.rc == 0',
        failed_when: false,
      },
      {
        name: 'Say what went wrong',
        'ansible.builtin.fail': {
          msg: '{{ prisma_enforcer_run.stderr | default(prisma_enforcer_run.msg) }}',
        },
        when: 'prisma_enforcer_run.rc | default(1) != 0',
      },
    ],
    always: [
      {
        name: 'Remove the script',
        'ansible.builtin.file': { path: '{{ prisma_enforcer_folder.path }}', state: 'absent' },
        when: 'prisma_enforcer_folder.path is defined',
      },
    ],
  },
]
