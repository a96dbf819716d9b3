// The photos of a folder that was dropped, those of folders within it too.

// All entries of a folder: a browser gives a hundred at a time.
async function entriesOf(folder) {
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...some);
  }
}

const isPhoto = (name, suffixes) => !name.startsWith('.')
  && suffixes.some((suffix) => suffix.startsWith('.') && name.toLowerCase().endsWith(suffix));

// entry: a FileSystemEntry. One that cannot be read is left out.
export async function filesOf(entry, suffixes, within = false) {
  try {
    if (!entry.isDirectory) {
      if (within && !isPhoto(entry.name, suffixes)) return [];
      return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    }
    const entries = await entriesOf(entry);
    entries.sort((one, two) => one.name.localeCompare(two.name, undefined, { numeric: true }));
    return (await Promise.all(entries.map((one) => filesOf(one, suffixes, true)))).flat();
  } catch {
    return [];
  }
}
