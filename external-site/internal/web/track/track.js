// What the tracking and receipt pages do better with scripts. Without them everything works: the code is typed or written
// down, and a link shows what has changed.

// A QR code leads here with the secret code in the fragment, which no server sees. It goes into the form and out of
// the address bar and the history.
const field = document.querySelector('form[action="/track"] input[name="code"]:not([type="hidden"])');
const secret = decodeURIComponent(location.hash.slice(1));
if (field && /^[0-9A-Za-z -]{21,40}$/.test(secret)) {
  history.replaceState(null, '', location.pathname + location.search);
  field.value = secret;
  field.form.requestSubmit();
}

// On the telephone that shows the QR code nobody can scan it: the code can be copied instead.
for (const box of document.querySelectorAll('[data-portal-copy]')) {
  if (!navigator.clipboard) break;
  box.hidden = false;
  box.querySelector('button').addEventListener('click', async () => {
    await navigator.clipboard.writeText(box.dataset.portalCopy);
    box.querySelector('[role="status"]').textContent = box.dataset.portalCopied;
  });
}

// The page of an application is told when anything has changed. Where it cannot be, it asks: every second while an answer is
// on its way, ever more seldom afterwards. While nobody looks it does neither.
const live = document.querySelector('[data-portal-version]');
if (live && window.EventSource) listen(live);
else if (live) watch(live);

function listen(box) {
  let source, version = box.dataset.portalVersion;
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(`/track/live?version=${encodeURIComponent(version)}`);
    source.addEventListener('message', async (event) => {
      if (event.data === version) return;
      try {
        await renew(box);
        version = event.data;
      } catch {
        close(); // the network is away; the stream that is opened next tells again
        setTimeout(open, 3000);
      }
    });
    source.addEventListener('error', () => {
      if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
      close();
      document.removeEventListener('visibilitychange', turn);
      box.dataset.portalVersion = version;
      watch(box);
    });
  };
  const close = () => { source?.close(); source = undefined; };
  const turn = () => (document.hidden ? close() : open());
  document.addEventListener('visibilitychange', turn);
  open();
}

function watch(box) {
  const started = Date.now();
  let version = box.dataset.portalVersion;
  const pause = () => {
    const seconds = (Date.now() - started) / 1000;
    if (box.dataset.portalMoving === 'true') return seconds < 120 ? 1000 : 5000;
    return seconds < 300 ? 3000 : seconds < 1800 ? 10_000 : 60_000;
  };
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch('/track/version', { cache: 'no-store' });
        if (answer.status === 204) return; // closed in another tab
        const now = answer.ok ? await answer.text() : version;
        if (now !== version) {
          await renew(box);
          version = now;
        }
      } catch {
        // The network is away; the next question may be answered.
      }
    }
    setTimeout(ask, pause());
  };
  setTimeout(ask, pause());
}

// renew puts the new state into the page without moving the reader, and says so to screen readers.
async function renew(box) {
  const answer = await fetch(location.href, { cache: 'no-store' });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-portal-version]');
  if (!fresh) return location.reload();
  box.innerHTML = fresh.innerHTML;
  box.dataset.portalMoving = fresh.dataset.portalMoving;
  const said = document.querySelector('[data-portal-said]');
  if (said) said.textContent = said.dataset.portalSaid;
}
