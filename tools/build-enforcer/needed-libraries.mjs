/** The newest versions of glibc and libstdc++ symbols that any of the binaries asks for. */
export function neededLibraries(files) {
  const binaries = files.filter(({ content }) => content.subarray(0, 4).toString('latin1') === '\x7fELF')
  const newest = (pattern) =>
    binaries
      .flatMap(({ content }) =>
        [...content.toString('latin1').matchAll(pattern)].map(([, version]) => version),
      )
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1)
  // Names of symbol versions stand in the string table, each between two zero bytes.
  return {
    glibc: newest(/\0GLIBC_([\d.]+)(?=\0)/g) ?? '2.17',
    libstdcxx: newest(/\0GLIBCXX_([\d.]+)(?=\0)/g) ?? '3.4',
  }
}
