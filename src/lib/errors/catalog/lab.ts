import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong with throw-away hosts on this machine. */
export const labErrors = {
  'APO-LAB-PRIVILEGE': {
    title: 'Lab hosts need root on this machine',
    cause: 'Namespaces, a bridge and booted containers can only be made by root.',
    fix: ['Run the command with sudo.'],
    exitCode: exitCode.denied,
  },
  'APO-LAB-PLATFORM': {
    title: 'This machine cannot carry lab hosts',
    cause: 'Lab hosts are Linux containers; they need Linux with namespaces, control groups and overlayfs.',
    fix: ['Run the lab on a Linux machine or in a Linux virtual machine.'],
    exitCode: exitCode.no,
  },
  'APO-LAB-TOOLS': {
    title: 'Tools that the lab is made with are missing',
    cause:
      'Lab hosts are built with mmdebstrap and booted with systemd-nspawn, and not all of it is installed.',
    fix: ['Run the install command that the message shows, or add --install-tools (Debian and Ubuntu).'],
    exitCode: exitCode.no,
  },
  'APO-LAB-NETWORK': {
    title: 'The network of the lab is taken',
    cause: 'The subnet overlaps a route of this machine, or its bridge belongs to somebody else.',
    fix: ['Choose a free network with --subnet, such as 10.201.7.0/24.'],
    exitCode: exitCode.no,
  },
  'APO-LAB-IMAGE': {
    title: 'The image of the lab hosts could not be built',
    cause: 'The packages could not be fetched or installed, or the disk is full.',
    fix: [
      'Check that the package mirror can be reached and that there is 1 GiB of room; --mirror names another.',
    ],
    exitCode: exitCode.no,
  },
  'APO-LAB-BOOT': {
    title: 'A lab host did not come up',
    cause: 'The container ended, or its SSH server did not answer in time.',
    fix: ['Read the log that the message names, then run: apoctl lab down, apoctl lab up.'],
    exitCode: exitCode.unreachable,
  },
  'APO-LAB-CONFLICT': {
    title: 'The lab exists and was made differently',
    cause: 'A lab keeps its suite, subnet and disk size from when it was made.',
    fix: ['Run apoctl lab down first, or give the new lab another --name.'],
    exitCode: exitCode.usage,
  },
  'APO-LAB-BUSY': {
    title: 'Another run is working on this lab',
    cause: 'Only one run at a time may change a lab or build its image.',
    fix: ['Wait until the other run has ended, and run again.'],
    exitCode: exitCode.no,
  },
  'APO-LAB-LEFTOVER': {
    title: 'Something of the lab could not be removed',
    cause: 'A process, a mount or a control group of a lab host is still in use.',
    fix: ['Run apoctl lab down again; it starts from whatever is left.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
