import { writeFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { Help, settings } from '@oclif/core'

/** The widths pages are laid out for; the widest that fits the terminal is shown. */
const widths = [80, 110]

/** Renders every help page with the framework's own renderer, so that showing one is reading one. */
export async function renderHelpPages(config) {
  const pages = {}
  for (const width of widths) pages[width] = await pagesAt(config, width)
  await writeFile('dist/help.json', JSON.stringify(pages))
}

async function pagesAt(config, width) {
  const printed = []
  class Page extends Help {
    log(...lines) {
      printed.push(lines.join(' '))
    }
  }
  const restoreNames = nameKeeper(config)
  const take = async (argv) => {
    printed.length = 0
    restoreNames()
    await new Page(config, { maxWidth: width, stripAnsi: true }).showHelp(argv)
    return stripVTControlCharacters(printed.join('\n')).trimEnd()
  }
  settings.columns = width
  restoreNames()
  const ids = [...config.commandIDs.map((id) => id), ...config.topics.map(({ name }) => name)]
  const pages = { '': await take([]) }
  for (const id of ids) pages[id.replaceAll(':', ' ')] = await take([id])
  return pages
}

/** The renderer writes spaces into the names it shows, and then no longer finds what is below them. */
function nameKeeper(config) {
  const commands = config.commands.map((command) => [command, command.id.replaceAll(' ', ':')])
  const topics = config.topics.map((topic) => [topic, topic.name.replaceAll(' ', ':')])
  return () => {
    for (const [command, id] of commands) command.id = id
    for (const [topic, name] of topics) topic.name = name
  }
}
