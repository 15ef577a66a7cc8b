const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Bytes of `2GB`, `512 MiB`. Throws an Error that says what is wrong with the text. */
export function parseSizeBytes(text: string): number {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text) ?? []
  const bytes = Number(amount) * (units[unit ?? ''] ?? Number.NaN)
  if (Number.isNaN(bytes)) throw new Error(`"${text}" is no size: write it like 2GB or 512MiB`)
  return bytes
}

/** `1.9 GB`, for people. */
export function formatSize(bytes: number): string {
  const steps = [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const
  const [size, unit] = steps.find(([step]) => bytes >= step) ?? [1, 'bytes']
  const amount = bytes / size
  return `${amount >= 100 || Number.isInteger(amount) ? Math.round(amount) : amount.toFixed(1)} ${unit}`
}
