// Budgets that no stock rule counts: how long a command's run() may be, and how many of our own
// modules one file may lean on. Both are limits on what a reader must hold in mind at once.

const runIsShort = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: { long: 'run() has {{lines}} lines, the budget is {{max}}: a command parses, acts, presents.' },
  },
  create(context) {
    const max = context.options[0]?.max ?? 20
    return {
      "MethodDefinition[key.name='run']"(node) {
        const lines = node.loc.end.line - node.loc.start.line + 1
        if (lines > max) context.report({ node, messageId: 'long', data: { lines, max } })
      },
    }
  },
}

const fewOwnImports = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: {
      many: '{{count}} imports of our own, the budget is {{max}}: this file knows too many rooms.',
    },
  },
  create(context) {
    const max = context.options[0]?.max ?? 12
    return {
      Program(program) {
        const own = program.body.filter(
          (node) => node.type === 'ImportDeclaration' && node.source.value.startsWith('.'),
        )
        if (own.length > max)
          context.report({ node: own[max], messageId: 'many', data: { count: own.length, max } })
      },
    }
  },
}

const disableSaysWhy = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { silent: 'Say why, after two dashes: eslint-disable-next-line rule -- reason.' },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value))
            context.report({ loc: comment.loc, messageId: 'silent' })
        }
      },
    }
  },
}

export default {
  rules: { 'run-is-short': runIsShort, 'few-own-imports': fewOwnImports, 'disable-says-why': disableSaysWhy },
}
