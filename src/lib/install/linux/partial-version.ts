import type { EnforcerLayerName } from '../../../contract/enforcer-bundle.ts'

/** What lies in the folder in which an earlier run was putting a version together. */
export interface PartialVersion {
  /** Archives of layers, by the name of their file; whole or not. */
  readonly archives: ReadonlyMap<string, PartialArchive>
  /** Layers that were unpacked to the end, by name. */
  readonly unpacked: ReadonlyMap<string, UnpackedLayer>
}

export interface PartialArchive {
  readonly sizeBytes: number
  /** Of what is there. */
  readonly sha256: string
}

export interface UnpackedLayer {
  /** Digest of the archive it came from. */
  readonly sha256: string
  /** Digest of each file, by path. */
  readonly files: ReadonlyMap<string, string>
}

/** Names of files in the folder of a partial version. */
export const partialNames = {
  /** By digest, so that another build of the same version never goes on from it. */
  archive: (layer: { readonly name: EnforcerLayerName; readonly sha256: string }): string =>
    `${layer.name}-${layer.sha256}.tar.gz`,
  /** Written when the layer is unpacked; holds the digest of its archive. */
  marker: (name: EnforcerLayerName): string => `${name}.unpacked`,
} as const

/** Part of the inspection: needs `say` and $programs. */
export const partialVersionsScript = `
for folder in "$programs"/*.partial; do
  [ -d "$folder" ] || continue
  version=$(basename "$folder" .partial)
  say partial "$version"
  for archive in "$folder"/*.tar.gz; do
    [ -f "$archive" ] || continue
    # What an ended run sent last may still be arriving.
    size=$(wc -c < "$archive")
    say archive "$version" "$(basename "$archive")" "$size" "$(head -c "$size" "$archive" | sha256sum)"
  done
  for marker in "$folder"/*.unpacked; do
    [ -f "$marker" ] || continue
    layer=$(basename "$marker" .unpacked)
    say unpacked "$version" "$layer" "$(cat "$marker")"
    (cd "$folder" && find "$layer" -type f -exec sha256sum {} +) 2>/dev/null | while read -r digest path; do
      say content "$version" "$layer" "$path" "$digest"
    done
  done
done`

/** Reads what that part said. `all` gives the words of every line of a kind. */
export function parsePartialVersions(
  all: (kind: string) => readonly (readonly string[])[],
): ReadonlyMap<string, PartialVersion> {
  const of = (kind: string, version: string) =>
    all(kind).flatMap(([about, ...words]) => (about === version ? [words] : []))
  const partialOf = (version: string): PartialVersion => {
    const content = of('content', version)
    const filesOf = (layer: string) =>
      content.flatMap(([of = '', path = '', sha256 = '']) => (of === layer ? [[path, sha256] as const] : []))
    return {
      archives: new Map(
        of('archive', version).map(([file = '', size = '', sha256 = '']) => [
          file,
          { sizeBytes: Number(size), sha256 },
        ]),
      ),
      unpacked: new Map(
        of('unpacked', version).map(([layer = '', sha256 = '']) => [
          layer,
          { sha256, files: new Map(filesOf(layer)) },
        ]),
      ),
    }
  }
  return new Map(all('partial').map(([version = '']) => [version, partialOf(version)]))
}
