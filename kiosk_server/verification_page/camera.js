// Reads codes from the camera until one of ours is seen.
import { codesIn, pixelsOf } from "./reading.js";

const PAUSE = 120; // milliseconds between pictures: a phone stays cool
const WANTED = { video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } }, audio: false };

/**
 * Shows the camera in `video` until `wanted` says yes to a code's text or `signal` is aborted. Gives the texts, none if it
 * was aborted. Throws what getUserMedia throws.
 */
export async function scan(video, wanted, signal) {
  const stream = await navigator.mediaDevices.getUserMedia(WANTED);
  try {
    video.srcObject = stream;
    // Not awaited: a camera that gives no picture would never let go. Its refusal to play shows as no picture too.
    video.play().catch(() => {});
    while (!signal.aborted) {
      const texts = video.videoWidth ? await codesIn(pixelsOf(video, video.videoWidth, video.videoHeight)) : [];
      const ours = texts.filter(wanted);
      if (ours.length > 0) return ours;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return [];
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}
