package io.shoal.inference;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.shoal.inference.proto.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.shoal.inference.proto.ModelInferResponse;
import io.shoal.inference.proto.ModelMetadataRequest;
import io.shoal.inference.proto.ModelMetadataResponse;
import io.shoal.inference.proto.ModelMetadataResponse.TensorMetadata;
import io.shoal.inference.proto.ModelReadyRequest;
import io.shoal.inference.proto.ModelReadyResponse;
import io.shoal.inference.proto.ServerLiveRequest;
import io.shoal.inference.proto.ServerLiveResponse;
import io.shoal.inference.proto.ServerMetadataRequest;
import io.shoal.inference.proto.ServerMetadataResponse;
import io.shoal.inference.proto.ServerReadyRequest;
import io.shoal.inference.proto.ServerReadyResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The protocol over gRPC. */
final class GrpcInference extends GRPCInferenceServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(GrpcInference.class);

  /** What gRPC clients' retry policies read: milliseconds to wait. */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private final Inference inference;
  private final BooleanSupplier ready;

  GrpcInference(Inference inference, BooleanSupplier ready) {
    this.inference = inference;
    this.ready = ready;
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
    try {
      ServedModel model =
          inference.models().find(request.getModelName(), request.getModelVersion());
      List<InputTensor> inputs = GrpcTensors.inputs(request);
      CompletableFuture<?> unused =
          inference
              .answer(
                  Inference.isSmall(model, inputs),
                  () ->
                      GrpcTensors.response(
                          request.getId(),
                          inference.score(model, inputs),
                          Output.select(model, wanted(request))))
              .whenComplete(
                  (response, failure) -> {
                    if (failure != null) {
                      observer.onError(status(failure));
                    } else {
                      observer.onNext(response);
                      observer.onCompleted();
                    }
                  });
    } catch (RuntimeException e) {
      observer.onError(status(e));
    }
  }

  private static List<String> wanted(ModelInferRequest request) {
    return request.getOutputsCount() == 0
        ? List.of()
        : request.getOutputsList().stream().map(InferRequestedOutputTensor::getName).toList();
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    answer(observer, () -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    answer(observer, () -> ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    answer(
        observer,
        () -> {
          boolean found =
              !inference.models().ready().isEmpty()
                  && inference.models().find(request.getName(), request.getVersion()) != null;
          return ModelReadyResponse.newBuilder().setReady(found).build();
        });
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    answer(
        observer,
        () ->
            ServerMetadataResponse.newBuilder()
                .setName(ServerInfo.NAME)
                .setVersion(ServerInfo.VERSION)
                .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    answer(
        observer,
        () -> {
          ServedModel model = inference.models().find(request.getName(), request.getVersion());
          ModelMetadataResponse.Builder response =
              ModelMetadataResponse.newBuilder()
                  .setName(model.name())
                  .addAllVersions(ServerInfo.versions(inference.models(), model))
                  .setPlatform(ServerInfo.PLATFORM);
          response.addInputs(
              TensorMetadata.newBuilder()
                  .setName(ServerInfo.INPUT)
                  .setDatatype("FP32")
                  .addShape(-1)
                  .addShape(model.dimension()));
          for (Output output : Output.of(model)) {
            response.addOutputs(
                TensorMetadata.newBuilder()
                    .setName(output.tensorName())
                    .setDatatype(output.datatype())
                    .addAllShape(output.shape(-1)));
          }
          return response.build();
        });
  }

  private static <T> void answer(StreamObserver<T> observer, Supplier<T> response) {
    T message;
    try {
      message = response.get();
    } catch (RuntimeException e) {
      observer.onError(status(e));
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }

  private static StatusRuntimeException status(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = cause.getMessage();
    if (cause instanceof InvalidRequestException) {
      return Status.INVALID_ARGUMENT.withDescription(message).asRuntimeException();
    }
    if (cause instanceof UnknownModelException) {
      return Status.NOT_FOUND.withDescription(message).asRuntimeException();
    }
    if (cause instanceof NoModelYetException) {
      return Status.UNAVAILABLE.withDescription(message).asRuntimeException();
    }
    if (cause instanceof OverloadedException) {
      Metadata trailers = new Metadata();
      trailers.put(PUSHBACK, String.valueOf(OverloadedException.RETRY_AFTER_SECONDS * 1_000));
      trailers.put(RETRY_AFTER, String.valueOf(OverloadedException.RETRY_AFTER_SECONDS));
      return Status.RESOURCE_EXHAUSTED.withDescription(message).asRuntimeException(trailers);
    }
    log.error("a request failed", cause);
    return Status.INTERNAL
        .withDescription("the server failed; its log says why")
        .asRuntimeException();
  }
}
