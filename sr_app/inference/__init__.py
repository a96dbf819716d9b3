"""From a photo to an enlarged photo: tiles, runtimes, exported graphs, the Upscaler."""
