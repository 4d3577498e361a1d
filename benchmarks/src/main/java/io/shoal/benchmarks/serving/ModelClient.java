package io.shoal.benchmarks.serving;

import com.google.protobuf.MessageLite;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferResponse;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Asks a server once, over gRPC's wire format, to see what its answers are. */
final class ModelClient {
  private static final String SERVICE = "/inference.GRPCInferenceService/";
  private static final int FRAME_HEADER = 5;

  private ModelClient() {}

  /** Where a method of a server is. */
  static String url(ModelServer server, String method) {
    return "http://127.0.0.1:" + server.port() + SERVICE + method;
  }

  /** A message as it goes over the wire, neither compressed nor cut. */
  static byte[] frame(MessageLite message) {
    byte[] body = message.toByteArray();
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + body.length);
    return frame.put((byte) 0).putInt(body.length).put(body).array();
  }

  /** The frame that a server answers with; empty when it refuses. */
  static byte[] ask(ModelServer server, String method, MessageLite message) {
    return WebClient.of("h2c://127.0.0.1:" + server.port())
        .blocking()
        .execute(
            RequestHeaders.builder(HttpMethod.POST, SERVICE + method)
                .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
                .set(HttpHeaderNames.TE, "trailers")
                .build(),
            HttpData.wrap(frame(message)))
        .content()
        .array();
  }

  /** The cluster that a server finds. */
  static int cluster(ModelServer server, ModelInferRequest request) throws IOException {
    byte[] frame = ask(server, "ModelInfer", request);
    if (frame.length <= FRAME_HEADER) {
      throw new IOException("the server refused a request");
    }
    return ModelInferResponse.parser()
        .parseFrom(frame, FRAME_HEADER, frame.length - FRAME_HEADER)
        .getOutputs(0)
        .getContents()
        .getIntContents(0);
  }
}
