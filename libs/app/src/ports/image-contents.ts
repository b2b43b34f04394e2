/** The contents of images, where machines fetch them: named by their digest. */
export abstract class ImageContents {
  /**
   * Why this content cannot be given out, a sentence; null when it can. Content that was put in place and not taken in yet
   * is read and compared now.
   */
  abstract problem(content: { readonly sha256: string; readonly bytes: number }): Promise<string | null>;
}
