// What pages with a form do better with scripts: they keep what is typed while it is typed, fold questions that are not
// asked, and check files before they are sent. Without them everything works; the server judges all of it again.

for (const box of document.querySelectorAll('[data-portal-when]')) foldUnlessAsked(box);
for (const input of document.querySelectorAll('input[type="file"][data-portal-max]')) {
  input.addEventListener('change', () => say(input, wrongWith(input)));
}
const form = document.querySelector('form[data-portal-keep]');
if (form) keepWhatIsTyped(form);
if (form?.enctype === 'multipart/form-data') sendFilesWithProgress(form);

// A question that depends on a choice of the same page is hidden until that choice is made.
function foldUnlessAsked(box) {
  const asked = box.dataset.portalValues.split('|');
  const choices = document.querySelectorAll(`[name="${CSS.escape(box.dataset.portalWhen)}"]`);
  const fold = () => {
    const chosen = [...choices].filter((c) => c.tagName === 'SELECT' || c.checked).map((c) => c.value);
    box.hidden = !chosen.some((value) => asked.includes(value));
  };
  for (const c of choices) c.addEventListener('change', fold);
  fold();
}

// Not form.action: a button with that name takes its place.
function addressOf(form) {
  return form.getAttribute('action');
}

// What is typed is kept a moment after the last key, and before the reader leaves by the language or the way back.
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
  for (const link of document.querySelectorAll('.govuk-language-navigation a, a.govuk-back-link')) {
    link.addEventListener('click', (event) => {
      if (!dirty || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const soon = new Promise((done) => { setTimeout(done, 3000); });
      Promise.race([keep(), soon]).then(() => { location.href = link.href; });
    });
  }
}

// wrongWith says what the server would say of the chosen files, before they are sent.
function wrongWith(input) {
  const files = [...input.files], said = input.dataset, allowed = (input.accept || '').split(',').filter(Boolean);
  const lines = [];
  for (const file of files) {
    const ending = file.name.slice(file.name.lastIndexOf('.')).toLowerCase();
    if (['.heic', '.heif', '.avif', '.webp'].includes(ending)) lines.push(said.portalPhoto.replace('%name', file.name));
    else if (allowed.length > 0 && !allowed.includes(ending)) lines.push(said.portalType.replace('%name', file.name));
    else if (file.size > Number(said.portalMax)) lines.push(said.portalTooLarge.replace('%name', file.name));
  }
  if (files.length > Number(said.portalLeft)) lines.push(said.portalTooMany);
  if (files.reduce((sum, file) => sum + file.size, 0) > Number(said.portalTotal)) lines.push(said.portalTotalTooLarge);
  return lines;
}

function say(input, lines) {
  const id = `${input.id}-error`;
  let box = document.getElementById(id);
  if (!box && lines.length === 0) return;
  if (!box) {
    box = document.createElement('p');
    box.id = id;
    box.className = 'govuk-error-message';
    box.setAttribute('role', 'alert');
    input.before(box);
    input.setAttribute('aria-describedby', `${input.getAttribute('aria-describedby') || ''} ${id}`.trim());
  }
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
    if (event.submitter?.name === 'remove' || inputs.every((i) => i.files.length === 0)) return;
    event.preventDefault();
    const wrong = inputs.find((i) => i.dataset.portalMax && wrongWith(i).length > 0);
    if (wrong) {
      say(wrong, wrongWith(wrong));
      wrong.focus();
      return;
    }
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
