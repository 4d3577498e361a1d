package io.shoal.inference;

import com.google.protobuf.ByteString;
import io.shoal.inference.InputTensor.Numbers;
import io.shoal.inference.proto.InferTensorContents;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferRequest.InferInputTensor;
import io.shoal.inference.proto.ModelInferResponse;
import io.shoal.inference.proto.ModelInferResponse.InferOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Tensors between the messages of gRPC and the arrays of the scorer. */
final class GrpcTensors {
  private GrpcTensors() {}

  static List<InputTensor> inputs(ModelInferRequest request) {
    int raw = request.getRawInputContentsCount();
    if (raw > 0 && raw != request.getInputsCount()) {
      throw new InvalidRequestException(
          "raw_input_contents: one for each of the %d inputs, here are %d"
              .formatted(request.getInputsCount(), raw));
    }
    List<InputTensor> inputs = new ArrayList<>(request.getInputsCount());
    for (int i = 0; i < request.getInputsCount(); i++) {
      InferInputTensor input = request.getInputs(i);
      long[] shape = new long[input.getShapeCount()];
      for (int s = 0; s < shape.length; s++) {
        shape[s] = input.getShape(s);
      }
      Numbers numbers =
          raw > 0 ? raw(input, request.getRawInputContents(i)) : typed(input, input.getContents());
      inputs.add(new InputTensor(input.getName(), shape, numbers));
    }
    return inputs;
  }

  private static Numbers typed(InferInputTensor input, InferTensorContents from) {
    return switch (input.getDatatype()) {
      case "FP32" -> numbers(from.getFp32ContentsCount(), from::getFp32Contents);
      case "FP64" -> numbers(from.getFp64ContentsCount(), from::getFp64Contents);
      case "INT8", "INT16", "INT32" -> numbers(from.getIntContentsCount(), from::getIntContents);
      case "INT64" -> numbers(from.getInt64ContentsCount(), i -> from.getInt64Contents(i));
      case "UINT8", "UINT16", "UINT32" ->
          numbers(
              from.getUintContentsCount(), i -> Integer.toUnsignedLong(from.getUintContents(i)));
      case "UINT64" -> numbers(from.getUint64ContentsCount(), i -> from.getUint64Contents(i));
      case "BOOL" -> numbers(from.getBoolContentsCount(), i -> from.getBoolContents(i) ? 1 : 0);
      default -> throw unusable(input.getName(), input.getDatatype());
    };
  }

  private static Numbers raw(InferInputTensor input, ByteString bytes) {
    ByteBuffer from = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return switch (input.getDatatype()) {
      case "FP32" -> numbers(count(input, bytes, 4), i -> from.getFloat(4 * i));
      case "FP64" -> numbers(count(input, bytes, 8), i -> from.getDouble(8 * i));
      case "INT8" -> numbers(count(input, bytes, 1), i -> from.get(i));
      case "INT16" -> numbers(count(input, bytes, 2), i -> from.getShort(2 * i));
      case "INT32" -> numbers(count(input, bytes, 4), i -> from.getInt(4 * i));
      case "INT64" -> numbers(count(input, bytes, 8), i -> from.getLong(8 * i));
      case "BOOL", "UINT8" -> numbers(count(input, bytes, 1), i -> from.get(i) & 0xFF);
      default -> throw unusable(input.getName(), input.getDatatype());
    };
  }

  private static int count(InferInputTensor input, ByteString bytes, int size) {
    if (bytes.size() % size != 0) {
      throw new InvalidRequestException(
          "input '%s': %d bytes are no whole number of %s"
              .formatted(input.getName(), bytes.size(), input.getDatatype()));
    }
    return bytes.size() / size;
  }

  private static Numbers numbers(int size, IntToDoubleFunction at) {
    return new Numbers() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public float get(int index) {
        return (float) at.applyAsDouble(index);
      }
    };
  }

  static InvalidRequestException unusable(String name, String datatype) {
    return new InvalidRequestException(
        "input '%s': datatype '%s'; give FP32, FP64, an integer type or BOOL"
            .formatted(name, datatype));
  }

  static ModelInferResponse response(String id, ScoredRows rows, List<Output> outputs) {
    ModelInferResponse.Builder response =
        ModelInferResponse.newBuilder()
            .setModelName(rows.model.name())
            .setModelVersion(rows.model.version())
            .setId(id);
    for (Output output : outputs) {
      response.addOutputs(
          InferOutputTensor.newBuilder()
              .setName(output.tensorName())
              .setDatatype(output.datatype())
              .addAllShape(output.shape(rows.size()))
              .setContents(contents(output, rows)));
    }
    return response.build();
  }

  private static InferTensorContents contents(Output output, ScoredRows rows) {
    InferTensorContents.Builder to = InferTensorContents.newBuilder();
    int numbers = rows.size() * output.columns();
    for (int i = 0; i < numbers; i++) {
      switch (output) {
        case SCORE -> to.addFp64Contents(rows.scores[i]);
        case RISK -> to.addFp64Contents(rows.risks[i]);
        case CLUSTER_ID -> to.addIntContents(rows.clusterIds[i]);
        case DISTANCE2 -> to.addFp32Contents(rows.distances2[i]);
        case TOP_FEATURES -> to.addBytesContents(ByteString.copyFromUtf8(rows.topFeature(i)));
        case TOP_SHARES -> to.addFp32Contents(rows.topShares[i]);
      }
    }
    return to.build();
  }
}
