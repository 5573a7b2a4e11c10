// The file that is checked is hashed here and stays on this machine: only its SHA-256 is asked for. Without this script, or where the
// browser cannot hash, the file is sent, hashed and forgotten.
const form = document.querySelector('form[data-portal-issued]');
const file = form?.querySelector('input[type="file"]');

form?.addEventListener('submit', async (event) => {
  const chosen = file.files[0];
  if (!chosen || !crypto.subtle || chosen.size > Number(form.dataset.portalIssued)) return;
  event.preventDefault();
  let bytes;
  try {
    bytes = await chosen.arrayBuffer();
  } catch {
    form.submit(); // a file that went away meanwhile: the answer says what is wrong
    return;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const asked = new URLSearchParams({ sha256: [...digest].map((octet) => octet.toString(16).padStart(2, '0')).join('') });
  const number = form.querySelector('input[name="number"]').value.trim();
  if (number) asked.set('number', number);
  location.assign(`${form.getAttribute('action')}?${asked}`);
});
