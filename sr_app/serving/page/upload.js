// Choosing a photo: click, drop anywhere on the page, or paste. The bytes go to the server as
// they are (16 bit, EXIF and ICC included); the server checks the header and answers with a value.
const find = (selector) => element.querySelector(selector);
const viewer = find('.viewer');
const frame = find('.frame');
const input = find('input[type=file]');
const busy = find('.busy');

function tell(text) {
  busy.textContent = text;
  busy.classList.toggle('shown', Boolean(text));
}

async function send(file) {
  const most = props.most_bytes;
  if (most && file.size > most) {
    const mega = (bytes) => (bytes / 1e6).toFixed(0) + ' MB';
    trigger('refused', {
      reason: `The file is too large: at most ${mega(most)}, received ${mega(file.size)}. `
        + 'Save it smaller, or use the command line.',
    });
    return;
  }
  tell('Reading the photo …');
  try {
    const { path } = await upload(file);
    trigger('upload', { path: path, name: file.name });
  } catch (error) {
    tell('');
    trigger('refused', { reason: `The upload failed (${error?.message || error}). Try again.` });
  }
}

function take(files) {
  if (files && files.length) send(files[0]);
}

input.addEventListener('change', () => {
  take(input.files);
  input.value = ''; // so that the same file can be chosen again
});
find('[data-act=replace]').addEventListener('click', () => input.click());

const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes('Files');
let depth = 0;
const mark = (change) => {
  depth = Math.max(0, depth + change);
  viewer.classList.toggle('dragging', depth > 0);
};
document.addEventListener('dragenter', (event) => carriesFiles(event) && mark(1));
document.addEventListener('dragleave', (event) => carriesFiles(event) && mark(-1));
document.addEventListener('dragover', (event) => carriesFiles(event) && event.preventDefault());
document.addEventListener('drop', (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  mark(0);
  take(event.dataTransfer.files);
});
document.addEventListener('paste', (event) => {
  if (!event.target.closest?.('input, textarea')) take(event.clipboardData?.files);
});
