// What pages with a form do better with scripts: they keep what is typed while it is typed, and check files before they
// are sent. Without them everything works; the server judges all of it again. The questions that are not asked are folded
// by shared/forms/asked.js, which the server puts before this file.

// Photos that phones keep in formats which the server does not take; browsers that can open them make JPEG of them.
const phoneFormats = ['.heic', '.heif', '.avif', '.webp'];

for (const input of document.querySelectorAll('input[type="file"][data-portal-max]')) {
  input.portalTypes = (input.accept || '').split(',').filter(Boolean);
  if (input.portalTypes.includes('.jpg')) input.accept = [...new Set([...input.portalTypes, ...phoneFormats])].join(',');
  input.addEventListener('change', () => chosen(input));
}
const form = document.querySelector('form[data-portal-keep]');
if (form) keepWhatIsTyped(form);
if (form?.enctype === 'multipart/form-data') sendFilesWithProgress(form);

// Not form.action: a button with that name takes its place.
function addressOf(form) {
  return form.getAttribute('action');
}

// What is typed is kept a moment after the last key, and before the reader leaves by the language, the way back, or links that say so.
function keepWhatIsTyped(form) {
  let dirty = false, timer = 0, under = Promise.resolve(), leaving = false;
  const body = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') data.append(name, value);
    data.set('action', 'keep');
    return data;
  };
  const keep = () => {
    clearTimeout(timer);
    if (!dirty || leaving) return under;
    dirty = false;
    const data = body();
    under = under.then(() => fetch(addressOf(form), { method: 'POST', body: data, keepalive: true })).catch(() => { dirty = true; });
    return under;
  };
  form.addEventListener('input', () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 1500);
  });
  form.addEventListener('submit', () => { leaving = true; clearTimeout(timer); });
  addEventListener('beforeunload', keep);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(); });
  for (const link of document.querySelectorAll('.govuk-language-navigation a, a.govuk-back-link, [data-portal-keeps] a')) {
    link.addEventListener('click', (event) => {
      if (!dirty || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const soon = new Promise((done) => { setTimeout(done, 3000); });
      Promise.race([keep(), soon]).then(() => { location.href = link.href; });
    });
  }
}

// Photos are made smaller first. Of the files that were chosen, those that the server would refuse are left out and named; the
// others stay chosen. input.portalReady is there until that is done.
function chosen(input) {
  const all = [...input.files], round = (input.portalRound || 0) + 1;
  input.portalRound = round;
  const work = all.some((file) => tooBigAPhoto(input, file));
  const tell = work ? setTimeout(() => say(input, [], input.dataset.portalShrinking), 300) : 0;
  input.portalReady = Promise.all(all.map((file) => made(input, file))).then((files) => {
    clearTimeout(tell);
    if (input.portalRound !== round) return; // others were chosen meanwhile
    judge(input, files, work);
    input.portalReady = undefined;
  });
}

function endingOf(file) {
  return file.name.slice(file.name.lastIndexOf('.')).toLowerCase();
}

// A telephone's photo is several megabytes of more dots than anybody needs to read a page.
const largePhoto = 2 << 20, longestSide = 2400;

function tooBigAPhoto(input, file) {
  const ending = endingOf(file);
  if (!input.portalTypes.includes('.jpg')) return false;
  if (phoneFormats.includes(ending)) return true;
  return ['.jpg', '.jpeg', '.png'].includes(ending) && file.size > (ending === '.png' ? Number(input.dataset.portalMax) : largePhoto);
}

// made is the file as it is to be sent: a photo as a JPEG of a sane size, or the file itself when it is no photo, when the
// browser cannot open it, and when nothing is won.
async function made(input, file) {
  if (!tooBigAPhoto(input, file)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const paper = canvas.getContext('2d');
    paper.fillStyle = '#fff'; // JPEG knows no transparency
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.85); });
    canvas.width = canvas.height = 0; // telephones have little memory
    const taken = input.portalTypes.includes(endingOf(file));
    if (!small || taken && small.size >= file.size) return file;
    return new File([small], `${file.name.slice(0, file.name.lastIndexOf('.'))}.jpg`, { type: 'image/jpeg' });
  } catch {
    return file;
  }
}

function judge(input, files, changed) {
  const kept = new DataTransfer(), lines = [];
  for (const file of files) {
    const line = wrongWith(input, file);
    if (line) lines.push(line);
    else kept.items.add(file);
  }
  if (lines.length > 0 && kept.files.length > 0) lines.push(input.dataset.portalOthers);
  if (lines.length > 0 || changed) input.files = kept.files;
  input.portalUnread = lines.length > 0; // pressing on at once would pass the message by
  say(input, [...lines, ...tooMuch(input)]);
}

// wrongWith says what the server would say of a file, before it is sent; '' when it is a good one.
function wrongWith(input, file) {
  const said = input.dataset, allowed = input.portalTypes, ending = endingOf(file);
  let line = '';
  if (phoneFormats.includes(ending) && !allowed.includes(ending)) line = said.portalPhoto;
  else if (allowed.length > 0 && !allowed.includes(ending)) line = said.portalType;
  else if (file.size > Number(said.portalMax)) line = said.portalTooLarge;
  return line.replace('%name', file.name);
}

// tooMuch says what is wrong with the chosen files together.
function tooMuch(input) {
  const files = [...input.files], lines = [];
  if (files.length > Number(input.dataset.portalLeft)) lines.push(input.dataset.portalTooMany);
  if (files.reduce((sum, file) => sum + file.size, 0) > Number(input.dataset.portalTotal)) lines.push(input.dataset.portalTotalTooLarge);
  return lines;
}

// say shows what is wrong with what was chosen, or what is being done to it.
function say(input, lines, doing = '') {
  let note = input.parentElement.querySelector('.portal-doing');
  if (!note && doing) {
    note = document.createElement('p');
    note.className = 'govuk-hint portal-doing';
    note.setAttribute('role', 'status');
    input.after(note);
  }
  if (note) note.textContent = doing;
  const id = `${input.id}-error`;
  let box = document.getElementById(id);
  if (!box && lines.length === 0) return;
  if (!box) {
    box = document.createElement('p');
    box.id = id;
    box.className = 'govuk-error-message';
    input.before(box);
    input.setAttribute('aria-describedby', `${input.getAttribute('aria-describedby') || ''} ${id}`.trim());
  }
  box.setAttribute('role', 'alert');
  box.replaceChildren(...lines.flatMap((line, i) => (i > 0 ? [document.createElement('br'), line] : [line])));
  input.classList.toggle('govuk-file-upload--error', lines.length > 0);
  input.closest('.govuk-form-group')?.classList.toggle('govuk-form-group--error', lines.length > 0);
  if (lines.length > 0) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

// Files are sent with a bar that shows how much has gone. The server leads on, or back to the page with what is wrong. A connection that breaks leaves the page as it was.
function sendFilesWithProgress(form) {
  form.addEventListener('submit', (event) => {
    const inputs = [...form.querySelectorAll('input[type="file"]')];
    if (event.submitter?.name === 'remove') return;
    const unready = inputs.filter((i) => i.portalReady);
    if (unready.length > 0) { // photos may still be made smaller: then what was pressed is done
      event.preventDefault();
      Promise.all(unready.map((i) => i.portalReady)).then(() => form.requestSubmit(event.submitter));
      return;
    }
    const wrong = inputs.find((i) => i.portalUnread || i.dataset.portalMax && tooMuch(i).length > 0);
    if (wrong) {
      event.preventDefault();
      wrong.portalUnread = false;
      wrong.focus();
      return;
    }
    if (inputs.every((i) => i.files.length === 0)) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const box = progressOf(form);
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', (e) => { if (e.lengthComputable) box.bar.value = e.loaded / e.total; });
    request.addEventListener('load', () => { // led on, or back to this page with what was wrong
      if (request.status < 300 || request.status === 422) location.assign(request.responseURL);
      else box.end(form.dataset.portalBroken);
    });
    request.addEventListener('error', () => box.end(form.dataset.portalBroken));
    request.open('POST', addressOf(form));
    request.send(data);
  });
}

function progressOf(form) {
  const box = document.createElement('div'), bar = document.createElement('progress'), words = document.createElement('p');
  form.querySelector('.portal-sending')?.remove();
  box.className = 'portal-sending';
  box.setAttribute('role', 'status');
  words.className = 'govuk-body';
  words.textContent = form.dataset.portalSending || '';
  bar.max = 1;
  bar.setAttribute('aria-label', words.textContent);
  box.append(words, bar);
  form.append(box);
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  const end = (text) => {
    words.textContent = text || '';
    bar.remove();
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  };
  return { bar, end };
}
