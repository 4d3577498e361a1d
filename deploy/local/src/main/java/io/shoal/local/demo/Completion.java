package io.shoal.local.demo;

/**
 * Tells when a run is over: everything sent is answered, or no answer came for too long. Asked
 * again and again by one thread.
 */
final class Completion {
  /** No answer for so long, with some awaited, is a stall. */
  static final long STALL_MS = 60_000;

  /** What there is to say. */
  enum Verdict {
    GOING_ON,
    ANSWERED,
    STALLED
  }

  private long answered;
  private long progressMs;

  /** A run that begins now. */
  Completion(long nowMs) {
    this.progressMs = nowMs;
  }

  /**
   * @param fed whether nothing more will be sent
   * @param inFlight transactions that await their prediction
   * @param answeredSoFar transactions that got it
   */
  Verdict check(boolean fed, int inFlight, long answeredSoFar, long nowMs) {
    if (inFlight == 0 || answeredSoFar != answered) {
      answered = answeredSoFar;
      progressMs = nowMs;
    }
    if (inFlight == 0) {
      return fed ? Verdict.ANSWERED : Verdict.GOING_ON;
    }
    return nowMs - progressMs >= STALL_MS ? Verdict.STALLED : Verdict.GOING_ON;
  }
}
