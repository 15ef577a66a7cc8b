import koffi from 'koffi'

/** Sends datagrams to one AF_UNIX socket; Linux only. */
export interface DatagramSocket {
  /** False when the kernel did not take it. Never blocks. */
  send(text: string): boolean
  close(): void
}

const linux = {
  AF_UNIX: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0o2000000,
  MSG_DONTWAIT: 0x40,
  MSG_NOSIGNAL: 0x4000,
} as const
/** sockaddr_un holds 108 bytes of path. */
const longestPath = 108

/** `path` as systemd gives it: absolute, or `@name` for the abstract name space. */
export function openDatagramSocket(path: string): DatagramSocket {
  const libc = koffi.load('libc.so.6')
  const socket = libc.func('int socket(int domain, int type, int protocol)') as (...args: number[]) => number
  const sendto = libc.func(
    'intptr_t sendto(int fd, const void *data, size_t length, int flags, const void *address, uint32_t addressLength)',
  ) as (...args: (number | Buffer)[]) => number
  const close = libc.func('int close(int fd)') as (fd: number) => number

  const address = toAddress(path)
  const fd = socket(linux.AF_UNIX, linux.SOCK_DGRAM | linux.SOCK_CLOEXEC, 0)
  if (fd < 0) throw new Error('no datagram socket can be made')
  return {
    send(text) {
      const data = Buffer.from(text, 'utf8')
      const flags = linux.MSG_DONTWAIT | linux.MSG_NOSIGNAL
      return sendto(fd, data, data.length, flags, address, address.length) === data.length
    },
    close: () => void close(fd),
  }
}

/** struct sockaddr_un: the family in host byte order (little-endian on all we build for), then the path. */
function toAddress(path: string): Buffer {
  const name = Buffer.from(path, 'utf8')
  if (name.length >= longestPath) throw new Error(`the path of the notification socket is too long: ${path}`)
  if (path.startsWith('@')) name[0] = 0
  const family = Buffer.alloc(2)
  family.writeUInt16LE(linux.AF_UNIX)
  return Buffer.concat([family, name])
}
