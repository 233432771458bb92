/** What the header of a JPEG says, of one of the ordinary kind. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
}

const huffmanTables = 0xc4;
const marker = { start: 0xd8, baseline: 0xc0, scan: 0xda, exif: 0xe1, adobe: 0xee } as const;
const colours = 3;
/** Frames of another kind (progressive, lossless, arithmetic), and markers without a length, behind which readers may find each another file. */
const isOutOfTheOrdinary = (code: number) =>
  code < marker.baseline || (code > marker.baseline && code <= marker.start && code !== huffmanTables) || code === 0xff;
const exifSignature = Buffer.from('Exif\0\0', 'latin1');
const adobeSignature = Buffer.from('Adobe', 'latin1');
const orientationTag = 0x0112;
const upright = 1;
const yCbCr = 1;
/** Sampling factors, horizontal and vertical, of the luminance; the other two components have 1x1. */
const samplings = new Set([0x11, 0x21, 0x12, 0x22]);

/**
 * The header of a JPEG as cameras and programs make them: baseline, 8 bits, YCbCr with usual subsampling, upright. Null: another kind, or no JPEG, or
 * a damaged one; nothing is said about what follows the header.
 */
export function readOrdinaryJpeg(bytes: Uint8Array): JpegHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xff00 + marker.start) return null;
  let header: JpegHeader | null = null;
  let saidExif = false;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const code = view.getUint8(at + 1);
    const end = at + 2 + view.getUint16(at + 2);
    if (view.getUint8(at) !== 0xff || end > view.byteLength || end < at + 4 || isOutOfTheOrdinary(code)) return null;
    const segment = bytes.subarray(at + 4, end);
    // In scans of single colours a small file can have thousands, each as large as the picture.
    if (code === marker.scan) return segment[0] === colours ? header : null;
    if (code === marker.baseline) {
      if (header !== null) return null;
      header = readFrame(segment);
      if (header === null) return null;
    } else if (code === marker.exif && startsWith(segment, exifSignature)) {
      if (saidExif || !isUpright(segment.subarray(exifSignature.length))) return null;
      saidExif = true;
    } else if (code === marker.adobe && startsWith(segment, adobeSignature) && segment[11] !== yCbCr) return null;
    at = end;
  }
  return null;
}

function readFrame(frame: Uint8Array): JpegHeader | null {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, components = 0] = frame;
  const [height, width] = [heightHigh * 256 + heightLow, widthHigh * 256 + widthLow];
  if (precision !== 8 || components !== colours || frame.length !== 15 || width === 0 || height === 0) return null;
  // With other names of the components decoders guess whether they are colours or YCbCr.
  const isYCbCr = frame[6] === 1 && frame[9] === 2 && frame[12] === 3;
  return isYCbCr && samplings.has(frame[7] as number) && frame[10] === 0x11 && frame[13] === 0x11 ? { width, height } : null;
}

/** `tiff`: what follows "Exif\0\0". False, too, where it cannot be read. */
function isUpright(tiff: Uint8Array): boolean {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  try {
    const order = view.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return false;
    const isLittle = order === 0x4949;
    const first = view.getUint32(4, isLittle);
    for (let entry = 0; entry < view.getUint16(first, isLittle); entry++) {
      const at = first + 2 + 12 * entry;
      if (view.getUint16(at, isLittle) === orientationTag && view.getUint16(at + 8, isLittle) !== upright) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function startsWith(segment: Uint8Array, signature: Uint8Array): boolean {
  return signature.every((byte, index) => segment[index] === byte);
}
