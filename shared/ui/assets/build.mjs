// Builds ../dist from src and the packages pinned in package-lock.json. With --check it changes nothing
// and fails when the committed files differ from what it would write.
import { readFile, writeFile, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sass from 'sass'
import { build, transform } from 'esbuild'
import { PurgeCSS } from 'purgecss'
import subsetFont from 'subset-font'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, '..', 'dist')
const font = join(here, 'node_modules/@fontsource-variable/source-sans-3')

// styles builds the styles of a site.
async function styles (site) {
  const { css } = sass.compile(join(here, `src/${site}.scss`), {
    style: 'compressed',
    loadPaths: [here, join(here, 'node_modules')], // MoJ asks for node_modules/govuk-frontend
    quietDeps: true,
    functions: { 'letters($writing)': ([writing]) => new sass.SassString(ranges(pageLetters[writing.assertString().text]), { quotes: false }) },
    // MoJ uses a mixin of GOV.UK that will be renamed; that is theirs to change.
    logger: { warn: message => message.includes('`govuk-text-colour` mixin is deprecated') || console.warn(message) }
  })
  if (/crest|crown|gds transport/i.test(css)) throw new Error('the styles carry what belongs to GOV.UK only')
  return css
}

// used keeps of the styles what the public site can show: the rules of which every name is a word of its templates, programs or scripts, or
// begins like one that they complete while a page is made ("portal-stages__item--", "govuk-input--width-"). It says also which classes it
// dropped; the journey of every page finds no element that has one of them.
async function used (css, scripts) {
  const root = join(here, '../../..')
  const content = scripts.map(raw => ({ raw, extension: 'js' }))
  for (const folder of ['shared', 'external-site/internal']) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile() || !/\.(go|gohtml|js)$/.test(path) || /_test\.go$|\/(node_modules|testdata|dist|assets)\//.test(path)) continue
      content.push({ raw: await readFile(path, 'utf8'), extension: 'go' })
    }
  }
  const words = text => text.match(/[A-Za-z0-9_!-]+/g) ?? []
  const named = new Set(content.flatMap(({ raw }) => words(raw)))
  const beginnings = [...named].filter(word => /^(govuk|moj|portal)-.+-$/.test(word))
  const [result] = await new PurgeCSS().purge({
    content,
    css: [{ raw: css }],
    defaultExtractor: words,
    safelist: { standard: [/^govuk-(checkboxes|radios)/, ...beginnings].map(begin => begin instanceof RegExp ? begin : new RegExp('^' + begin)) },
    rejected: true
  })
  const kept = classes(result.css)
  return { css: result.css, dropped: [...classes(css)].filter(name => !kept.has(name) && !named.has(name)).sort() }
}

// classes are the names of classes in selectors, as an element bears them.
function classes (css) {
  return new Set([...css.replace(/\{[^{}]*\}/g, '{}').matchAll(/\.((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)/g)].map(([, name]) => name.replace(/\\/g, '')))
}

// Letters that Ukrainian pages are made of. Other letters of the same writing, which a name may bring, are in the files whole; a browser
// asks for those only when a page has such a letter.
const pageLetters = {
  cyrillic: letters(0x410, 0x44f) + 'ЁёЄєІіЇїҐґЎў№\u0301',
  latin: letters(0x20, 0x7e) + '\u00a0§©«°±»·×÷’‘“”„‚–—…‰′″‹›€™↑↓−ʼ•½²³\u2009\u2011\u202f'
}

function letters (first, last) { return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, i) => first + i)) }

// wholeFont is the file of a writing as its makers give it.
async function wholeFont (writing) { return readFile(join(font, `files/source-sans-3-${writing}-wght-normal.woff2`)) }

// letterFont is the file of a writing with the letters of pages only. Kerning stays; small capitals and old figures go.
async function letterFont (writing) {
  return subsetFont(await wholeFont(writing), pageLetters[writing], { targetFormat: 'woff2', noLayoutClosure: true })
}

// ranges writes letters as a unicode-range of CSS.
function ranges (text) {
  const points = [...new Set(text)].map(letter => letter.codePointAt(0)).sort((a, b) => a - b)
  const runs = []
  for (const point of points) {
    if (runs.length > 0 && runs.at(-1)[1] === point - 1) runs.at(-1)[1] = point
    else runs.push([point, point])
  }
  const hex = point => point.toString(16).toUpperCase().padStart(4, '0')
  return runs.map(([a, b]) => a === b ? `U+${hex(a)}` : `U+${hex(a)}-${hex(b)}`).join(', ')
}

// script builds the script of a site, or one that some pages load besides.
async function script (name) { return (await bundle(name)).text }

// bundle builds a script and says which files it is made of.
async function bundle (name) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(here, `src/${name}.js`)], absWorkingDir: here,
    external: ['./form.js'], // loaded by its address beside the script that asks for it
    bundle: true, minify: true, format: 'esm', target: 'es2020', write: false, legalComments: 'none', metafile: true
  })
  return { text: outputFiles[0].text, inputs: Object.keys(metafile.inputs).filter(path => !path.startsWith('(disabled)')) }
}

// mapStyles are Leaflet's without those that ask for pictures, which our marks do not have.
async function mapStyles () {
  const css = await readFile(join(here, 'node_modules/leaflet/dist/leaflet.css'), 'utf8')
  const { code } = await transform(css.replace(/[^{}]*\{[^{}]*url\([^{}]*\}/g, ''), { loader: 'css', minify: true, legalComments: 'none' })
  return code
}

// licences names the packages that files come from, each with its licence and, where the package has it, the text.
async function licences (inputs) {
  const folders = new Set(inputs.map(path => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]).filter(Boolean))
  const texts = await Promise.all([...folders].sort().map(async folder => {
    const about = JSON.parse(await readFile(join(here, folder, 'package.json'), 'utf8'))
    const text = (await readdir(join(here, folder))).find(file => /^licen[cs]e/i.test(file))
    return `${about.name} ${about.version}, ${about.license}, ${about.repository?.url ?? about.repository}\n` +
      (text ? '\n' + await readFile(join(here, folder, text), 'utf8') : '')
  }))
  return texts.join('\n----\n\n')
}

// The worker that holds a key while somebody signs.
const key = await bundle('key')

const publicScripts = { 'public.js': await script('public'), 'form.js': await script('form'), 'sign.js': await script('sign') }
const mapScript = await script('map')
const publicStyles = await used(await styles('public'), [...Object.values(publicScripts), mapScript])

const files = {
  'public.css': publicStyles.css,
  '../testdata/dropped-classes.json': JSON.stringify(publicStyles.dropped, null, 2) + '\n',
  ...publicScripts,
  'key.js': key.text,
  'key-licence.txt': await licences(key.inputs),
  'staff.css': await styles('staff'),
  'staff.js': await script('staff'),
  'map.css': await mapStyles(),
  'map.js': mapScript,
  'map-licence.txt': await readFile(join(here, 'node_modules/leaflet/LICENSE')),
  'icon.svg': await readFile(join(here, 'src/icon.svg')),
  'font-cyrillic.woff2': await letterFont('cyrillic'),
  'font-cyrillic-whole.woff2': await wholeFont('cyrillic'),
  'font-latin.woff2': await letterFont('latin'),
  'font-latin-whole.woff2': await wholeFont('latin'),
  'font-licence.txt': await readFile(join(font, 'LICENSE'))
}

// The icons that the styles of MoJ ask for.
for (const [, name] of files['staff.css'].matchAll(/url\("?(icon-[a-z-]+\.svg)/g)) {
  files[name] = await readFile(join(here, 'node_modules/@ministryofjustice/frontend/moj/assets/images', name))
}

// What GOV.UK says its components must look like, without what the test does not read.
const components = ['accordion', 'back-link', 'breadcrumbs', 'button', 'character-count', 'checkboxes', 'date-input',
  'details', 'error-message', 'error-summary', 'fieldset', 'file-upload', 'generic-header', 'hint', 'inset-text',
  'input', 'label', 'language-navigation', 'notification-banner', 'pagination', 'panel', 'phase-banner', 'radios',
  'select', 'service-navigation', 'skip-link', 'summary-list', 'table', 'tabs', 'tag', 'textarea', 'warning-text']
for (const name of components) {
  const path = join(here, 'node_modules/govuk-frontend/dist/govuk/components', name, 'fixtures.json')
  const { fixtures } = JSON.parse(await readFile(path, 'utf8'))
  const kept = fixtures.map(({ name, options, html }) => JSON.stringify({ name, options, html }))
  files[`../testdata/fixtures/${name}.json`] = '[\n' + kept.join(',\n') + '\n]\n'
}

async function stale () {
  const found = []
  const committed = await readdir(dist).catch(() => [])
  for (const name of committed) if (!(name in files)) found.push(`${name} is not built any more`)
  for (const [name, content] of Object.entries(files)) {
    const old = await readFile(join(dist, name)).catch(() => null)
    if (old === null || !old.equals(Buffer.from(content))) found.push(`${name} is stale`)
  }
  return found
}

if (process.argv.includes('--check')) {
  const found = await stale()
  for (const line of found) console.error(`shared/ui/dist: ${line}`)
  if (found.length > 0) {
    console.error('rebuild with: shared/ui/build')
    process.exit(1)
  }
} else {
  await rm(dist, { recursive: true, force: true })
  await mkdir(dist, { recursive: true })
  await mkdir(join(dist, '../testdata/fixtures'), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dist, name), content)
    if (!name.startsWith('..')) console.log(`${name} ${Buffer.from(content).length}`)
  }
}
