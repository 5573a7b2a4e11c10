// Orders a list of places by how far they are from the reader, in the page: where the reader is never leaves the browser.
const earth = 6371 // kilometres

export function orderByDistance () {
  if (!navigator.geolocation || !window.isSecureContext) return
  for (const block of document.querySelectorAll('[data-portal-nearby]')) {
    const list = block.parentElement.querySelector('[data-portal-places]')
    const button = block.querySelector('button')
    if (list && list.querySelector('[data-latitude]')) offer(block, button, list)
  }
}

function offer (block, button, list) {
  const status = block.querySelector('[role="status"]')
  const say = text => { button.disabled = false; status.textContent = text }
  button.hidden = false
  button.addEventListener('click', () => {
    button.disabled = true
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { order(list, coords); say(block.dataset.found) },
      error => say(error.code === error.PERMISSION_DENIED ? block.dataset.refused : block.dataset.failed),
      { maximumAge: 600_000, timeout: 20_000 })
  })
}

function order (list, { latitude, longitude }) {
  const written = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'kilometer', maximumFractionDigits: 1 })
  const places = [...list.children].map(item => {
    const { latitude: lat, longitude: lon } = item.dataset
    return { item, km: lat ? kilometres(latitude, longitude, Number(lat), Number(lon)) : Infinity }
  })
  places.sort((a, b) => a.km === b.km ? 0 : a.km - b.km)
  for (const { item, km } of places) {
    item.querySelector('.portal-distance')?.remove()
    if (km !== Infinity) {
      const note = document.createElement('span')
      note.className = 'portal-distance'
      note.textContent = written.format(km)
      item.querySelector('summary, .portal-result__title').append(' ', note)
    }
    list.append(item)
  }
}

function kilometres (latA, lonA, latB, lonB) {
  const rad = degrees => degrees * Math.PI / 180
  const h = Math.sin(rad(latB - latA) / 2) ** 2 +
    Math.cos(rad(latA)) * Math.cos(rad(latB)) * Math.sin(rad(lonB - lonA) / 2) ** 2
  return 2 * earth * Math.asin(Math.min(1, Math.sqrt(h)))
}
