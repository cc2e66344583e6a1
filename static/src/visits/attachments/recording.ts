/** Speaking into the phone: the browser's own recorder, small files that other phones can play. */

/** Best first: AAC plays everywhere; the others are what browsers without it write. */
const TYPES = ['audio/mp4;codecs=mp4a.40.2', 'audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'] as const;
const BITS_PER_S = 32_000;
const LEVELS_PER_S = 10;
/** Long enough for a conversation's notes, and far below the largest file taken. */
export const MAX_SECONDS = 15 * 60;

function typeHere(): string | null {
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

export const canRecord = (): boolean => typeHere() !== null;

export interface Recorded {
  bytes: ArrayBuffer;
  media_type: string;
  duration_s: number;
}

export interface Recording {
  /** End it and return what was said. */
  stop(): Promise<Recorded>;
  /** End it and forget it. */
  cancel(): void;
}

/** Begin to record; `onlevel` hears ten times a second how loud it is (0 to 1) and how long it has been. Rejects when the microphone may not be used. */
export async function record(onlevel: (level: number, seconds: number) => void): Promise<Recording> {
  const type = typeHere();
  if (!type) throw new Error('This browser cannot record.');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_S });
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise<void>((resolve) => (recorder.onstop = () => resolve()));
  recorder.start(1000);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const meter = measure(stream);
  const timer = setInterval(() => onlevel(meter.level(), seconds()), 1000 / LEVELS_PER_S);

  function end(): void {
    clearInterval(timer);
    meter.close();
    if (recorder.state !== 'inactive') recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  }

  return {
    async stop() {
      const duration_s = Math.round(seconds() * 10) / 10;
      end();
      await ended;
      const media_type = (recorder.mimeType || type).split(';')[0] ?? type;
      return { bytes: await new Blob(pieces).arrayBuffer(), media_type, duration_s };
    },
    cancel: end,
  };
}

function measure(stream: MediaStream): { level: () => number; close: () => void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Speech is mostly quiet: the root of the loudness fills the bars.
      return Math.min(1, Math.sqrt(Math.sqrt(power)) * 1.4);
    },
    close: () => void context.close(),
  };
}
