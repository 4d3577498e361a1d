package io.shoal.benchmarks.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferResponse;
import io.shoal.inference.proto.ServerLiveRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A client that asks for one vector after the other, over gRPC's wire format without its library,
 * so that the client costs little beside either server. Each of its streams sends the next request
 * when the answer came.
 */
final class GrpcLoad implements AutoCloseable {
  private static final int FRAME_HEADER = 5;
  private static final long NS_PER_US = 1_000;
  private static final long LATENCY_US_MAX = 60_000_000;

  private final ClientFactory factory;
  private final WebClient client;
  private final RequestHeaders headers;
  private final HttpData[] frames;
  private final Predicate<byte[]> isAnswer;

  /**
   * What came of it.
   *
   * @param perSecond answers
   * @param errors answers that were none
   */
  record Result(double perSecond, double p50Ms, double p99Ms, long errors) {
    Result better(Result other) {
      return other.perSecond > perSecond ? other : this;
    }
  }

  private GrpcLoad(
      int port, int threads, String method, MessageLite[] messages, Predicate<byte[]> isAnswer) {
    this.factory =
        ClientFactory.builder()
            .workerGroup(threads)
            .maxNumEventLoopsPerEndpoint(threads)
            .idleTimeout(Duration.ofMinutes(5))
            .build();
    this.client =
        WebClient.builder("h2c://127.0.0.1:" + port)
            .factory(factory)
            .responseTimeout(Duration.ofSeconds(30))
            .build();
    this.headers =
        RequestHeaders.builder(HttpMethod.POST, "/inference.GRPCInferenceService/" + method)
            .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
            .set(HttpHeaderNames.TE, "trailers")
            .build();
    this.frames = Arrays.stream(messages).map(GrpcLoad::framed).toArray(HttpData[]::new);
    this.isAnswer = isAnswer;
  }

  /** A client with so many threads, each with a connection, that asks for scores. */
  static GrpcLoad scores(int port, int threads, ModelInferRequest[] messages) {
    return new GrpcLoad(port, threads, "ModelInfer", messages, GrpcLoad::isScored);
  }

  /** One that asks whether the server is alive: all that a request costs beside its work. */
  static GrpcLoad empty(int port, int threads) {
    return new GrpcLoad(
        port,
        threads,
        "ServerLive",
        new MessageLite[] {ServerLiveRequest.getDefaultInstance()},
        frame -> frame.length > FRAME_HEADER);
  }

  private static HttpData framed(MessageLite message) {
    byte[] body = message.toByteArray();
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + body.length);
    frame.put((byte) 0).putInt(body.length).put(body);
    return HttpData.wrap(frame.array());
  }

  /** Asks for so long, with so many requests on the way at any time. */
  Result run(int streams, Duration duration) throws InterruptedException {
    Run run = new Run(streams, duration);
    for (int s = 0; s < streams; s++) {
      run.next(s);
    }
    run.done.await();
    double seconds = (System.nanoTime() - run.startedNs) / 1e9;
    Histogram latency = run.latencyUs;
    return new Result(
        latency.getTotalCount() / seconds,
        latency.getValueAtPercentile(50) / 1e3,
        latency.getValueAtPercentile(99) / 1e3,
        run.errors.get());
  }

  private final class Run {
    final CountDownLatch done;
    final Histogram latencyUs = new ConcurrentHistogram(LATENCY_US_MAX, 3);
    final AtomicLong errors = new AtomicLong();
    final long startedNs = System.nanoTime();
    final long endNs;

    Run(int streams, Duration duration) {
      this.done = new CountDownLatch(streams);
      this.endNs = startedNs + duration.toNanos();
    }

    void next(int request) {
      long sentNs = System.nanoTime();
      if (sentNs >= endNs) {
        done.countDown();
        return;
      }
      CompletableFuture<?> unused =
          client
              .execute(HttpRequest.of(headers, frames[request % frames.length]))
              .aggregate()
              .handle(
                  (answer, failure) -> {
                    if (failure == null && isAnswer(answer)) {
                      latencyUs.recordValue(
                          Math.min(LATENCY_US_MAX, (System.nanoTime() - sentNs) / NS_PER_US));
                    } else {
                      errors.incrementAndGet();
                    }
                    next(request + 1);
                    return null;
                  });
    }
  }

  private boolean isAnswer(@Nullable AggregatedHttpResponse answer) {
    return answer != null && isAnswer.test(answer.content().array());
  }

  private static boolean isScored(byte[] frame) {
    if (frame.length <= FRAME_HEADER) {
      return false;
    }
    try {
      return ModelInferResponse.parser()
              .parseFrom(frame, FRAME_HEADER, frame.length - FRAME_HEADER)
              .getOutputs(0)
              .getContents()
              .getIntContentsCount()
          == 1;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  @Override
  public void close() {
    factory.close();
  }
}
