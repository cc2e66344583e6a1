/** Speaking instead of typing, through the browser's own speech recognition where it has one. */

interface RecognitionResult {
  readonly isFinal: boolean;
  readonly [index: number]: { readonly transcript: string } | undefined;
}

interface RecognitionEvent extends Event {
  readonly resultIndex: number;
  readonly results: ArrayLike<RecognitionResult>;
}

interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: RecognitionEvent) => void) | null;
  onend: (() => void) | null;
  onerror: (() => void) | null;
  start(): void;
  stop(): void;
}

type RecognitionClass = new () => Recognition;

function recognitionClass(): RecognitionClass | null {
  if (typeof window === 'undefined') return null;
  const names: unknown[] = [Reflect.get(window, 'SpeechRecognition'), Reflect.get(window, 'webkitSpeechRecognition')];
  const found = names.find((item) => typeof item === 'function');
  // The browser's class, which TypeScript's DOM library does not describe.
  return (found as RecognitionClass | undefined) ?? null;
}

export const canDictate = (): boolean => recognitionClass() !== null;

export interface DictationHandlers {
  onwords: (words: string) => void;
  onend: (failed: boolean) => void;
}

/** Listen until stopped; each finished phrase is handed over. Returns how to stop. */
export function dictate(language: string, { onwords, onend }: DictationHandlers): () => void {
  const Recognition = recognitionClass();
  if (!Recognition) {
    onend(true);
    return () => undefined;
  }
  const recognition = new Recognition();
  let hasFailed = false;
  recognition.lang = language;
  recognition.continuous = true;
  recognition.interimResults = false;
  recognition.onresult = (event) => {
    for (const result of Array.from(event.results).slice(event.resultIndex)) {
      if (result.isFinal) onwords(result[0]?.transcript ?? '');
    }
  };
  recognition.onerror = () => {
    hasFailed = true;
  };
  recognition.onend = () => onend(hasFailed);
  recognition.start();
  return () => recognition.stop();
}
