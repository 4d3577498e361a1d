package io.shoal.inference;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.inference.InputTensor.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tensors between the protocol's JSON and the arrays of the scorer. */
final class RestTensors {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private RestTensors() {}

  /** A request; what it has beyond this (parameters) is for other servers. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Request(
      @Nullable String id, @Nullable List<Tensor> inputs, @Nullable List<Wanted> outputs) {
    List<InputTensor> tensors() {
      return Objects.requireNonNullElse(inputs, List.<Tensor>of()).stream()
          .map(Tensor::read)
          .toList();
    }

    List<String> wanted() {
      return Objects.requireNonNullElse(outputs, List.<Wanted>of()).stream()
          .map(output -> Objects.requireNonNullElse(output.name(), ""))
          .toList();
    }
  }

  /** An output that is asked for. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Wanted(@Nullable String name) {}

  /** An input; its data may be nested as its shape says, or flat. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Tensor(
      @Nullable String name,
      @Nullable String datatype,
      long @Nullable [] shape,
      @Nullable JsonNode data) {
    InputTensor read() {
      String called = Objects.requireNonNullElse(name, "");
      String type = Objects.requireNonNullElse(datatype, "");
      if (type.equals("BYTES") || !type.matches("FP32|FP64|U?INT(8|16|32|64)|BOOL")) {
        throw GrpcTensors.unusable(called, type);
      }
      if (shape == null || data == null) {
        throw new InvalidRequestException(
            "input '%s': give its shape and its data".formatted(called));
      }
      Values values = new Values(called);
      values.add(data);
      return new InputTensor(called, shape, values);
    }
  }

  /** Numbers as they are found in nested arrays. */
  private static final class Values implements Numbers {
    private final String name;
    private float[] values = new float[16];
    private int size;

    Values(String name) {
      this.name = name;
    }

    void add(JsonNode node) {
      if (node.isArray()) {
        node.forEach(this::add);
      } else if (node.isNumber() || node.isBoolean()) {
        if (size == values.length) {
          values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = node.isBoolean() ? (node.booleanValue() ? 1 : 0) : node.floatValue();
      } else {
        throw new InvalidRequestException(
            "input '%s': element %d is %s, not a number".formatted(name, size, node));
      }
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public float get(int index) {
      return values[index];
    }
  }

  /**
   * Reads a request.
   *
   * @throws InvalidRequestException when it is not the protocol's JSON, with line and column
   */
  static Request request(InputStream body) {
    try {
      Request request = JSON.readValue(body, Request.class);
      if (request == null) {
        throw new InvalidRequestException("the body is null");
      }
      return request;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " at line %d, column %d"
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      throw new InvalidRequestException(
          "the body is no inference request%s: %s".formatted(place, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  static byte[] response(@Nullable String id, ScoredRows rows, List<Output> outputs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("model_name", rows.model.name());
      json.writeStringField("model_version", rows.model.version());
      if (id != null) {
        json.writeStringField("id", id);
      }
      json.writeArrayFieldStart("outputs");
      for (Output output : outputs) {
        write(json, output, rows);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Output output, ScoredRows rows) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", output.tensorName());
    json.writeStringField("datatype", output.datatype());
    json.writeArrayFieldStart("shape");
    for (long size : output.shape(rows.size())) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("data");
    for (int i = 0; i < rows.size() * output.columns(); i++) {
      switch (output) {
        case SCORE -> json.writeNumber(rows.scores[i]);
        case RISK -> json.writeNumber(rows.risks[i]);
        case CLUSTER_ID -> json.writeNumber(rows.clusterIds[i]);
        case DISTANCE2 -> json.writeNumber(rows.distances2[i]);
        case TOP_FEATURES -> json.writeString(rows.topFeature(i));
        case TOP_SHARES -> json.writeNumber(rows.topShares[i]);
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
