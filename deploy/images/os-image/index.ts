export { buildOsImage, readBuilt, type BuildOptions, type BuiltImage } from './build.js';
export { placeOsImage } from './place.js';
export { CONTENT_FILE, MANIFEST_FILE, type ImageManifest } from './manifest.js';
export { debianImage, IMAGE_KERNELS, IMAGE_SUITES, isImageName } from './recipe.js';
export type { ImageKernel, ImageName, ImageRecipe, ImageWishes } from './recipe.js';
