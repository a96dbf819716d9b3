// Where detail was invented: a map that the server makes when it is first asked for.
const heat = find('.heat');
const legend = find('.legend');
const mapped = find('[data-act=map]');
const turning = find('[data-act=turns]');
function hideMap() {
  heat.replaceChildren();
  viewer.classList.remove('mapped');
  mapped.setAttribute('aria-pressed', 'false');
}

async function showMap(turns) {
  const { token } = shown;
  mapped.setAttribute('aria-pressed', 'true');
  tell(turns ? 'Enlarging eight flips and turns …' : 'Comparing the two ends …');
  const map = await server.invention([token, turns]).catch(() => null);
  tell('');
  if (shown?.token !== token || mapped.getAttribute('aria-pressed') !== 'true') return;
  if (!map) return gone();
  const image = new Image();
  legend.querySelector('p').textContent = `${map.mean.toFixed(1)} levels on average; 8 or more in `
    + `${(100 * map.share).toFixed(0)} % of the picture` + (turns ? ', flips and turns included.' : '.');
  image.alt = 'Map of invented detail: ' + legend.querySelector('p').textContent;
  image.draggable = false;
  image.src = map.url;
  heat.replaceChildren(image);
  viewer.classList.add('mapped');
  turning.hidden = turns || !shown.blend.turns;
}

mapped.addEventListener('click', () =>
  mapped.getAttribute('aria-pressed') === 'true' ? hideMap() : showMap(false));
turning.addEventListener('click', () => showMap(true));

function gone() {
  hideMap();
  trigger('refused', { reason: 'This result is no longer kept: enlarge the photo again.' });
}
