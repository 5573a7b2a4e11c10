// A map above a list of places. The list says all that the map does: the map is for eyes and hands only, and is not there
// when its pictures do not come.
import L from 'leaflet'

const box = document.querySelector('[data-portal-map]')
const places = [...document.querySelectorAll('[data-portal-places] [data-latitude]')]
if (box && places.length > 0) show()

function show () {
  box.hidden = false
  const map = L.map(box, { keyboard: false, scrollWheelZoom: false, attributionControl: false, zoomControl: false })
  const control = L.control.zoom({ zoomInTitle: '', zoomOutTitle: '' }).addTo(map)
  for (const button of control.getContainer().querySelectorAll('a')) button.tabIndex = -1
  if (box.dataset.attribution) {
    L.control.attribution({ prefix: false }).addAttribution(escaped(box.dataset.attribution)).addTo(map)
  }
  for (const place of places) mark(map, place)
  const corners = places.map(({ dataset }) => [Number(dataset.latitude), Number(dataset.longitude)])
  map.fitBounds(corners, { padding: [40, 40], maxZoom: 15 })
  const pictures = L.tileLayer(box.dataset.tiles, { maxZoom: 19 })
  let came = false
  pictures.on('tileload', () => { came = true })
  pictures.on('tileerror', () => {
    if (came) return
    map.remove()
    box.hidden = true
  })
  pictures.addTo(map)
}

function mark (map, place) {
  const link = place.querySelector('a[href]')
  const icon = L.divIcon({ className: 'portal-map__mark', iconSize: [28, 28] })
  L.marker([Number(place.dataset.latitude), Number(place.dataset.longitude)], { icon, keyboard: false, alt: '' })
    .bindTooltip(escaped(link.textContent), { direction: 'top', offset: [0, -14] })
    .on('click', () => { link.focus(); place.scrollIntoView({ block: 'center' }) })
    .addTo(map)
}

function escaped (text) {
  const span = document.createElement('span')
  span.textContent = text
  return span.innerHTML
}
