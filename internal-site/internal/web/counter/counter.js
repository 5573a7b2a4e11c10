// What the page of a visit does better with scripts: it goes on in the application form, and takes scans from wherever they come:
// files dropped on a line, photos of the camera, and new files of the scanner's folder. All of them become files of the line's own
// field, which are sent with whatever button is pressed next; without scripts the field is there by itself. The questions of the
// application form that are not asked are folded by shared/forms/asked.js, which the server puts before this file.

const sheet = document.getElementById('sheet')
if (sheet && !document.querySelector('[autofocus], .govuk-error-summary')) {
  sheet.querySelector('input, select, textarea')?.focus()
}

const documents = document.querySelector('#documents[data-scans]')
const lines = documents ? [...documents.querySelectorAll('[data-line]')].map(lineOf) : []
const said = documents?.dataset
const status = documents ? statusOf(documents) : null
let current = lines[0] // what the scanner's next page belongs to: the line where the keyboard was last

if (documents && lines.length > 0) {
  for (const line of lines) {
    line.box.addEventListener('focusin', () => { current = line })
    takeDrops(line)
    offerCamera(line)
    line.input.addEventListener('change', () => list(line))
  }
  offerFolder()
}

function lineOf (box) {
  return { box, input: box.querySelector('input[type=file]'), name: box.dataset.line }
}

function statusOf (parent) {
  const p = document.createElement('p')
  p.className = 'govuk-body-s'
  p.setAttribute('role', 'status')
  parent.append(p)
  return p
}

function button (text, classes = 'portal-link-button') {
  const b = document.createElement('button')
  b.type = 'button'
  b.className = classes
  b.textContent = text
  return b
}

function hidden (text) {
  const s = document.createElement('span')
  s.className = 'govuk-visually-hidden'
  s.textContent = text
  return s
}

// add puts files beside those that the line has already.
function add (line, files) {
  const all = new DataTransfer()
  for (const file of [...line.input.files, ...files]) all.items.add(file)
  line.input.files = all.files
  list(line)
  const added = [...files].map(f => f.name).join(', ')
  status.textContent = said.added.replace('%file', added).replace('%line', line.name)
}

// list shows what is chosen for a line, each with a way to take it out again.
function list (line) {
  line.list?.remove()
  line.list = null
  if (line.input.files.length === 0) return
  line.list = document.createElement('ul')
  line.list.className = 'govuk-list govuk-body-s'
  for (const file of line.input.files) {
    const item = document.createElement('li')
    const out = button(said.remove)
    out.append(hidden(' ' + file.name))
    out.addEventListener('click', () => {
      const rest = new DataTransfer()
      for (const other of line.input.files) if (other !== file) rest.items.add(other)
      line.input.files = rest.files
      list(line)
      line.input.focus()
    })
    item.append(file.name + ' ', out)
    line.list.append(item)
  }
  line.input.after(line.list)
}

// Files dropped on a line are that line's; elsewhere on the page a slip of the hand does not replace the page by the file.
function takeDrops (line) {
  const carries = event => event.dataTransfer?.types.includes('Files')
  line.box.addEventListener('dragover', event => {
    if (!carries(event)) return
    event.preventDefault()
    line.box.classList.add('portal-counter__line--over')
  })
  line.box.addEventListener('dragleave', () => line.box.classList.remove('portal-counter__line--over'))
  line.box.addEventListener('drop', event => {
    if (!carries(event)) return
    event.preventDefault()
    line.box.classList.remove('portal-counter__line--over')
    add(line, event.dataTransfer.files)
  })
}
for (const name of documents ? ['dragover', 'drop'] : []) {
  window.addEventListener(name, event => { if (!event.target.closest?.('input[type=file]')) event.preventDefault() })
}

// A photo: by the camera of this computer in a window of the page, or, where the page may not use one, by whatever takes photos
// on the device.
function offerCamera (line) {
  const b = button(said.camera, 'govuk-button govuk-button--secondary portal-small-button govuk-!-margin-bottom-0')
  b.append(hidden(' ' + line.name))
  b.addEventListener('click', async () => {
    let stream
    try {
      const wanted = { facingMode: { ideal: 'environment' }, width: { ideal: 2560 }, height: { ideal: 1920 } }
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted })
    } catch {
      photograph(line)
      return
    }
    shoot(line, stream, b)
  })
  line.input.after(b)
}

function photograph (line) {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = 'image/jpeg'
  input.setAttribute('capture', 'environment')
  input.addEventListener('change', () => add(line, input.files))
  input.click()
}

// The longer side of a photo: enough to read small print of an A4 page, and far below what one file may have.
const LONGEST = 2200

function shoot (line, stream, opener) {
  const dialog = document.createElement('dialog')
  const video = document.createElement('video')
  const take = button(said.shoot, 'govuk-button')
  const done = button(said.done, 'govuk-button govuk-button--secondary')
  const group = document.createElement('div')
  dialog.className = 'portal-camera'
  dialog.setAttribute('aria-label', `${said.camera}: ${line.name}`)
  group.className = 'govuk-button-group'
  video.muted = video.playsInline = video.autoplay = true
  video.srcObject = stream
  group.append(take, done)
  dialog.append(video, group)
  documents.append(dialog)
  take.addEventListener('click', () => {
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight, 1))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height)
    canvas.toBlob(blob => {
      const name = `${said.photo}-${line.input.files.length + 1}.jpg`
      if (blob) add(line, [new File([blob], name, { type: 'image/jpeg' })])
    }, 'image/jpeg', 0.85)
  })
  done.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => {
    for (const track of stream.getTracks()) track.stop()
    dialog.remove()
    opener.focus()
  })
  dialog.showModal()
}

// The folder into which the scanner writes: the clerk names it once, the browser keeps it, and what comes into it while a visit is
// open becomes a scan of the current line. Browsers that cannot look into folders offer nothing.
function offerFolder () {
  if (!window.showDirectoryPicker || !window.indexedDB) return
  const b = button(said.folder, 'portal-link-button')
  const watching = document.createElement('p')
  watching.className = 'govuk-body-s'
  watching.append(b)
  documents.querySelector('h2').after(watching)
  let folder = null
  const watch = kept => {
    folder = kept
    b.textContent = said.watching.replace('%folder', kept.handle.name)
    look(kept, new Map())
  }
  b.addEventListener('click', async () => {
    try {
      if (folder && !folder.running && await folder.handle.requestPermission({ mode: 'read' }) === 'granted') {
        watch(folder)
        return
      }
      if (folder) folder.running = false
      const handle = await window.showDirectoryPicker({ id: 'scans', mode: 'read' })
      const kept = { handle, since: Date.now(), taken: [] }
      await keep(kept)
      watch(kept)
    } catch { /* the clerk has changed their mind */ }
  })
  recall().then(async kept => {
    if (!kept) return
    if (await kept.handle.queryPermission({ mode: 'read' }) === 'granted') watch(kept)
    else {
      folder = kept
      b.textContent = said.watchAgain.replace('%folder', kept.handle.name)
    }
  }).catch(() => {})
}

const EVERY = 1500 // ms between two looks into the folder

// look takes files that are new and have stopped growing. They count as taken when they are sent.
async function look (kept, sizes) {
  kept.running = true
  const added = new Set()
  documents.closest('form').addEventListener('submit', () => {
    kept.taken = [...kept.taken, ...added].slice(-500)
    keep(kept)
  })
  while (kept.running) {
    try {
      for await (const entry of kept.handle.values()) {
        if (entry.kind !== 'file' || !/\.(pdf|jpe?g|png)$/i.test(entry.name)) continue
        const file = await entry.getFile()
        const key = `${file.name} ${file.lastModified}`
        if (file.lastModified < kept.since || added.has(key) || kept.taken.includes(key)) continue
        if (file.size > 0 && sizes.get(key) === file.size) {
          added.add(key)
          add(current, [file])
        }
        sizes.set(key, file.size)
      }
    } catch {
      kept.running = false
      status.textContent = said.folderGone
      return
    }
    await new Promise(resolve => setTimeout(resolve, EVERY))
  }
}

function store (mode, use) {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open('counter', 1)
    open.onupgradeneeded = () => open.result.createObjectStore('folders')
    open.onerror = () => reject(open.error)
    open.onsuccess = () => {
      const request = use(open.result.transaction('folders', mode).objectStore('folders'))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    }
  })
}

function keep ({ handle, since, taken }) { return store('readwrite', s => s.put({ handle, since, taken }, 'scans')) }
function recall () { return store('readonly', s => s.get('scans')) }
